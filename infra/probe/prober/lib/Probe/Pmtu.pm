package Probe::Pmtu;

# `pmtu`: the largest IP packet that passes with DF, between `low` and `high`. Each round sends a fan of sizes at once
# and keeps the gap between the largest that came back and the smallest that did not; a few rounds find it to the byte.
# A size is lost only after two sends; a refusal ("too long") settles it at once.
use strict;
use warnings;
use Probe::Icmp;
use Probe::Ping;

my $FAN          = 16;
my $FAN_BYTES    = 130_000;    # at once: what a receive buffer of default size surely holds
my $RESEND_AFTER = 0.15;    # seconds; a round ends after twice this

sub pmtu {
    my ($check, $address) = @_;
    my ($passes, $fails) = ($check->arg('low') - 1, $check->arg('high') + 1);
    my ($round, $sequence, $sending, %size_of, %waiting, %refusal, $echo, $begin) = (0, 0, 0);

    my $send = sub {
        $sending = 1;
        for my $size (sort { $a <=> $b } keys %waiting) {
            $size_of{ ++$sequence } = $size;
            Probe::Icmp::send_echo($echo, $sequence, $size - Probe::Icmp::header_bytes($echo));
        }
        $sending = 0;
    };
    my $end_round = sub {
        return if $sending || %waiting;
        return $begin->() if $fails - $passes > 1;
        my $low = $check->arg('low');
        my %found = $passes < $low
            ? (error => 'timeout', detail => "not even a packet of $low bytes came back")
            : (mtu => $passes, detail => "packets of up to $passes bytes pass");
        $check->finish($passes < $low ? 'fail' : 'ok', %found, %refusal, ms => undef);
    };
    $begin = sub {
        my $this = ++$round;
        %waiting = map { $_ => 1 } fan($passes, $fails);
        $send->();
        $check->after($RESEND_AFTER, sub { if ($round == $this) { $send->(); $end_round->() } });
        $check->after(2 * $RESEND_AFTER, sub {
            return if $round != $this;
            for my $size (keys %waiting) { $fails = $size if $size > $passes && $size < $fails }
            %waiting = ();
            $end_round->();
        });
        $end_round->();
    };
    $echo = Probe::Icmp::open_echo($check, $address,
        df       => 1,
        on_reply => sub {
            my $size = $size_of{ $_[0] } or return;
            $passes = $size if $size > $passes && $size < $fails;
            delete @waiting{ grep { $_ <= $size } keys %waiting };
            $end_round->();
        },
        on_error => sub {
            my ($number, $errno, undef, $reporter) = @_;
            my $size = $size_of{$number} or return;
            my %failure = Probe::Failure::of($errno);
            return $check->finish('fail', %failure, ms => undef) if $failure{error} ne 'too_long';
            $refusal{reporter} = $reporter if $reporter;
            $fails = $size if $size < $fails && $size > $passes;
            delete @waiting{ grep { $_ >= $size } keys %waiting };
            $end_round->();
        },
    ) or return Probe::Ping::unable($check, $!);
    $check->stage("the path MTU to $address was not found");
    $begin->();
    return;
}

# At most $FAN sizes strictly between the two, evenly spread, the smallest and the largest among them.
sub fan {
    my ($passes, $fails) = @_;
    my $gap  = $fails - $passes - 1;
    my $most = int $FAN_BYTES / $fails;
    $most = $most < 3 ? 3 : $most > $FAN ? $FAN : $most;
    return $passes + 1 .. $fails - 1 if $gap <= $most;
    return map { $passes + 1 + int(($gap - 1) * $_ / ($most - 1)) } 0 .. $most - 1;
}

1;
