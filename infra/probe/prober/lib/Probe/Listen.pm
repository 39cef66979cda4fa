package Probe::Listen;

# The receiving side. TCP: takes "FLOTILLA1 <nonce> <bytes>" and that many bytes, answers "FLOTILLA1 <nonce> <count>
# <sum> <address> <port>" with the source it saw. UDP: tells each "FLOTILLA1 <nonce>" that arrives, and from where.
# Anything else is counted and dropped, so that a listener on a real port disturbs nobody.
use strict;
use warnings;
use Socket qw(AF_INET SOCK_STREAM SOCK_DGRAM SOCK_RAW SOL_SOCKET SO_REUSEADDR IPPROTO_IPV6 IPV6_V6ONLY);
use Probe::Json;
use Probe::Net;
use Probe::Tcp;

my $ESP             = 50;
my $BYTES_MAX       = 64 * 1024 * 1024;
my $CONNECTIONS_MAX = 256;
my $SECONDS_MAX     = 30;    # for one connection
my $HEARD_MAX       = 10_000;

my ($connections, $heard, $ignored) = (0, 0, 0);

sub ignored { return $ignored }

# The line of a `ready` event: what is bound, or why it is not.
sub open_listener {
    my ($proto, $address, $port) = @_;
    my %line   = (proto => $proto, address => $address, port => $port);
    my $type   = $proto eq 'tcp' ? SOCK_STREAM : SOCK_DGRAM;
    my $socket = Probe::Net::socket_for($address, $type) or return { %line, Probe::Failure::of($!) };
    setsockopt $socket, SOL_SOCKET, SO_REUSEADDR, 1 if $proto eq 'tcp';
    setsockopt $socket, IPPROTO_IPV6, IPV6_V6ONLY, 1 if Probe::Net::family($address) != AF_INET;
    bind $socket, Probe::Net::sockaddr($address, $port) or return { %line, Probe::Failure::of($!) };
    return { %line, Probe::Failure::of($!) } if $proto eq 'tcp' && !listen $socket, 128;
    (undef, $port) = Probe::Net::endpoint(getsockname $socket);
    Probe::Loop::on_readable($socket, $proto eq 'tcp' ? sub { take($socket) } : sub { hear($socket, $port) });
    return { %line, port => $port };
}

sub open_esp {
    my %line   = (proto => 'esp', address => '0.0.0.0', port => 0);
    my $socket = Probe::Net::socket_for('0.0.0.0', SOCK_RAW, $ESP) or return { %line, Probe::Failure::of($!) };
    Probe::Loop::on_readable($socket, sub {
        while (defined(my $peer = recv $socket, my $packet, 65_535, 0)) {
            my $payload = substr $packet, 4 * (ord($packet) & 0x0f);
            heard_from($peer, length $payload > 8 ? substr $payload, 8 : '', proto => 'esp', port => 0);
        }
    });
    return \%line;
}

sub hear {
    my ($socket, $port) = @_;
    while (defined(my $peer = recv $socket, my $datagram, 65_535, 0)) {
        heard_from($peer, $datagram, proto => 'udp', port => $port, bytes => length $datagram);
    }
    return;
}

sub heard_from {
    my ($peer, $text, %about) = @_;
    if ($text !~ /^FLOTILLA1 (\S{1,128})\n/ || $heard >= $HEARD_MAX) { $ignored++; return }
    $heard++;
    my $nonce = $1;
    my ($from, $from_port) = Probe::Net::endpoint($peer);
    Probe::Json::emit(event => 'heard', %about, nonce => $nonce, from => $from, fromPort => $from_port);
    return;
}

sub take {
    my ($listener) = @_;
    while (my $peer = accept my $socket, $listener) {
        if ($connections >= $CONNECTIONS_MAX) { close $socket; $ignored++; next }
        $connections++;
        Probe::Net::nonblocking($socket);
        receive($socket, join ' ', Probe::Net::endpoint($peer));
    }
    return;
}

sub receive {
    my ($socket, $peer) = @_;
    my ($head, $nonce, $expected, $count, $sum) = ('', undef, 0, 0, Probe::Tcp::new_sum());
    my $timer;
    my $end = sub { Probe::Loop::cancel($timer); Probe::Loop::forget($socket); close $socket; $connections-- };
    $timer = Probe::Loop::after($SECONDS_MAX, $end);
    my $answer = sub {
        syswrite $socket, sprintf "FLOTILLA1 %s %d %s %s\n", $nonce, $count, Probe::Tcp::sum_of($sum), $peer;
        $end->();
    };
    Probe::Loop::on_readable($socket, sub {
        my $read = sysread $socket, my $piece, 262_144;
        return if !defined $read && $!{EAGAIN};
        return $end->() if !$read;
        if (!defined $nonce) {
            $head .= $piece;
            if ($head !~ /\n/) { return if length $head < 256; $ignored++; return $end->() }
            if ($head !~ /^FLOTILLA1 (\S{1,128}) (\d{1,8})\n/ || $2 > $BYTES_MAX) { $ignored++; return $end->() }
            ($nonce, $expected, $piece) = ($1, $2, substr $head, $+[0]);
        }
        $count += length $piece;
        Probe::Tcp::add_to_sum($sum, $piece);
        $answer->() if $count >= $expected;
    });
    return;
}

1;
