package Probe::Udp;

# `udp`: sends the nonce `count` times from one socket; `esp`: the same as packets of IP protocol 50. Passing says only
# that it left and that no refusal came back; the proof of arrival is what the listener on the other side reports, with
# the source address that it saw. `size` pads the payload of udp, and with `df` it is not cut on its way.
use strict;
use warnings;
use Socket qw(AF_INET SOCK_DGRAM SOCK_RAW IPPROTO_IP IPPROTO_IPV6);
use Probe::Net;
use Probe::Ping;

my $ESP = 50;
my ($IP_MTU_DISCOVER, $IPV6_MTU_DISCOVER, $PMTUDISC_PROBE) = (10, 23, 3);

sub send_udp {
    my ($check, $address) = @_;
    my $socket = Probe::Net::socket_for($address, SOCK_DGRAM) or return $check->fail($!);
    dont_fragment($socket, $address) if $check->arg('df');
    my $text = 'FLOTILLA1 ' . $check->arg('nonce') . "\n";
    $text .= "\0" x ($check->arg('size') - length $text) if $check->arg('size') > length $text;
    return send_nonce($check, $socket, $address, $check->arg('port'), $text);
}

# A security association that nobody has, and a sequence number: what follows is ours.
sub send_esp {
    my ($check, $address) = @_;
    my $socket = Probe::Net::socket_for($address, SOCK_RAW, $ESP) or return Probe::Ping::unable($check, $!);
    my $text = pack('NN', 0xf107_1117, 1) . 'FLOTILLA1 ' . $check->arg('nonce') . "\n";
    return send_nonce($check, $socket, $address, 0, $text);
}

sub dont_fragment {
    my ($socket, $address) = @_;
    my @option = Probe::Net::family($address) == AF_INET ? (IPPROTO_IP, $IP_MTU_DISCOVER) : (IPPROTO_IPV6, $IPV6_MTU_DISCOVER);
    setsockopt $socket, $option[0], $option[1], pack 'i', $PMTUDISC_PROBE;
    return;
}

sub send_nonce {
    my ($check, $socket, $address, $port, $text) = @_;
    my ($count, $interval_ms) = map { $check->arg($_) } qw(count intervalMs);
    $check->hold($socket);
    my $from = $check->arg('from');
    return $check->fail($!) if $from ne '' && !bind $socket, Probe::Net::sockaddr($from, 0);
    return $check->fail($!) if !connect $socket, Probe::Net::sockaddr($address, $port);
    my ($source, $source_port) = Probe::Net::endpoint(getsockname $socket);
    my %local = (source => $source, fromPort => $source_port, ms => undef);
    my $sent  = 0;
    my $send;
    $send = sub {
        my $detail = "$sent left, none was refused";
        return $check->finish('ok', %local, sent => $sent, detail => $detail) if $sent == $count;
        return $check->fail($!, %local, sent => $sent) if !defined send $socket, $text, 0;
        $sent++;
        $check->after($interval_ms / 1000, $send);    # also after the last: time for a refusal to come back
    };
    $check->on_readable($socket, sub {
        return if defined recv $socket, my $ignored, 65_535, 0;
        $check->fail($!, %local, sent => $sent) if !$!{EAGAIN};
    });
    $send->();
    return;
}

1;
