package Probe::Tcp;

# `tcp`: the connection stands. `bulk`: so many bytes arrived whole at a listener (Probe::Listen), told by the
# listener itself with count, checksum, our nonce, and the address it saw us come from.
use strict;
use warnings;
use Socket qw(IPPROTO_TCP TCP_INFO);
use Probe::Net;

my $BLOCK = 65_536;

sub connect_only {
    my ($check, $address) = @_;
    Probe::Net::connect_tcp($check, $address, $check->arg('port'), sub {
        my %measured = measured($_[0]);
        # The kernel's time of the handshake is free of ours; with a packet sent again, what it took is what counts.
        my %exact = $measured{rttMs} && !$measured{resent} ? (ms => $measured{rttMs}) : ();
        $check->finish('ok', detail => 'connected', %measured, %exact);
    });
    return;
}

# The kernel's own numbers (struct tcp_info): smoothed round trip, and segments sent again.
sub measured {
    my ($socket) = @_;
    my $info = getsockopt $socket, IPPROTO_TCP, TCP_INFO;
    return if length $info < 104;
    return (rttMs => unpack('L', substr $info, 68, 4) / 1000, resent => unpack 'L', substr $info, 100, 4);
}

# A position-dependent 32-bit sum over blocks of 64 KiB; `add` takes any pieces, `sum` closes it.
sub new_sum { return { sum => 0, rest => '' } }

sub add_to_sum {
    my ($state, $bytes) = @_;
    $state->{rest} .= $bytes;
    while (length $state->{rest} >= $BLOCK) {
        $state->{sum} = ($state->{sum} * 31 + unpack '%32N*', substr $state->{rest}, 0, $BLOCK, '') & 0xffff_ffff;
    }
    return;
}

sub sum_of {
    my ($state) = @_;
    my $rest = unpack '%32C*', $state->{rest};
    return sprintf '%08x', ($state->{sum} * 31 + $rest) & 0xffff_ffff;
}

# Bytes that differ from block to block and from nonce to nonce: windows on one block that is made once.
my $pattern;

sub payload {
    my ($nonce, $bytes) = @_;
    $pattern ||= pack('N*', map { $_ * 2_654_435_761 & 0xffff_ffff } 1 .. $BLOCK / 4) x 2;
    my $seed = unpack '%32N*', $nonce . "\0" x 4;
    my $whole = join '', map { substr $pattern, ($seed + $_ * 4099) % $BLOCK, $BLOCK } 0 .. $bytes / $BLOCK;
    return substr $whole, 0, $bytes;
}

sub bulk {
    my ($check, $address) = @_;
    my ($nonce, $bytes, $port) = map { $check->arg($_) } qw(nonce bytes port);
    my $payload = payload($nonce, $bytes);
    my $sum     = new_sum();
    add_to_sum($sum, $payload);
    my $expected = join ' ', $nonce, $bytes, sum_of($sum);
    my ($out, $in, $sent) = ("FLOTILLA1 $nonce $bytes\n" . $payload, '', 0);
    Probe::Net::connect_tcp($check, $address, $port, sub {
        my ($socket) = @_;
        $check->stage("connected to $address port $port, but $bytes bytes did not get through");
        $check->on_writable($socket, sub {
            my $written = syswrite $socket, $out, $BLOCK, $sent;
            return if !defined $written && $!{EAGAIN};
            return $check->fail($!) if !defined $written;
            $sent += $written;
            Probe::Loop::forget_writable($socket) if $sent == length $out;
        });
        $check->on_readable($socket, sub {
            my $read = sysread $socket, $in, 4096, length $in;
            return if !defined $read && $!{EAGAIN};
            return $check->fail($!) if !defined $read;
            judge_bulk($check, $in, $expected, measured($socket)) if $read == 0 || $in =~ /\n/;
        });
    });
    return;
}

sub judge_bulk {
    my ($check, $answer, $expected, %measured) = @_;
    if ($answer =~ /^FLOTILLA1 (\S+ \d+ \S+) (\S+) (\d+)\n/) {
        my ($proof, $seen, $port) = ($1, $2, $3);
        my (undef, $bytes) = split ' ', $proof;
        my %seen = (%measured, bytes => $bytes, seenAs => $seen, seenPort => $port);
        return $check->finish('ok', %seen, detail => "$bytes bytes arrived whole") if $proof eq $expected;
        return $check->finish('fail', %seen, error => 'mismatch', detail => "sent $expected, received $proof");
    }
    my $detail = $answer eq '' ? 'closed without an answer' : 'the answer is not from our listener';
    return $check->finish('fail', %measured, error => 'mismatch', detail => $detail);
}

1;
