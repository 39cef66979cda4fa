package Probe::Ping;

# `ping`: up to `count` echoes of `size` bytes of payload, the next one as soon as the last came back, or after
# `intervalMs` without an answer. Passes when one came back; loss is told by sent and received.
use strict;
use warnings;
use Errno ();
use Probe::Icmp;

sub ping {
    my ($check, $address) = @_;
    my ($count, $size, $interval_ms) = map { $check->arg($_) } qw(count size intervalMs);
    my ($sent, %open, @rtts, $problem, $echo) = (0);

    my $finish = sub {
        my %loss = (sent => $sent, received => scalar @rtts);
        return $check->finish('ok', %loss, range(@rtts), detail => @rtts . " of $sent came back") if @rtts;
        my %why = $problem ? %$problem : (error => 'timeout', detail => "no echo from $address");
        $check->finish('fail', %loss, %why, ms => undef);
    };
    my $send;
    my $settle = sub {    # answered or refused: on with the next
        return $finish->() if $sent == $count && !%open;
        $send->() if $sent < $count && !$open{ $sent - 1 };
    };
    $send = sub {
        my $sequence = $sent++;
        $open{$sequence} = 1;
        $check->after($interval_ms / 1000, sub { $send->() if $sent == $sequence + 1 && $sent < $count });
        Probe::Icmp::send_echo($echo, $sequence, $size);
    };
    $echo = Probe::Icmp::open_echo($check, $address,
        df       => $check->arg('df'),
        on_reply => sub {
            my ($sequence, $seconds) = @_;
            delete $open{$sequence} or return;
            push @rtts, $seconds;
            $settle->();
        },
        on_error => sub {
            my ($sequence, $errno, $mtu, $reporter) = @_;
            delete $open{$sequence} or return;
            $problem = { Probe::Failure::of($errno), mtu => $mtu, reporter => $reporter };
            return $errno == Errno::EMSGSIZE() ? $finish->() : $settle->();
        },
    ) or return unable($check, $!);
    $check->on_timeout($finish);
    $send->();
    return;
}

sub range {
    my (@sorted) = sort { $a <=> $b } @_;
    return (ms => Probe::Check::milliseconds($sorted[0]), maxMs => Probe::Check::milliseconds($sorted[-1]));
}

# No socket: without the right to ICMP it could not be tried; anything else (no such source address, no network) failed.
sub unable {
    my ($check, $errno) = @_;
    my %failure = Probe::Failure::of($errno);
    return $check->finish('fail', %failure) if $failure{error} ne 'dropped_locally';
    my $detail = 'ICMP needs CAP_NET_RAW or net.ipv4.ping_group_range';
    return $check->finish('skipped', error => 'not_permitted', detail => $detail);
}

1;
