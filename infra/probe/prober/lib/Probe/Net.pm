package Probe::Net;

# Addresses and sockets, for IPv4 and IPv6 alike.
use strict;
use warnings;
use Fcntl qw(F_GETFL F_SETFL O_NONBLOCK);
use Socket qw(AF_INET AF_INET6 SOCK_STREAM SOL_SOCKET SO_ERROR inet_pton inet_ntop
    pack_sockaddr_in pack_sockaddr_in6 unpack_sockaddr_in unpack_sockaddr_in6 sockaddr_family);

# AF_INET, AF_INET6, or undef for what is not a literal address.
sub family {
    my ($address) = @_;
    return AF_INET if $address =~ /^\d+\.\d+\.\d+\.\d+$/ && inet_pton(AF_INET, $address);
    return AF_INET6 if $address =~ /:/ && inet_pton(AF_INET6, $address);
    return;
}

sub sockaddr {
    my ($address, $port) = @_;
    my $family = family($address) or die "not an address: $address\n";
    my $packed = inet_pton($family, $address);
    return $family == AF_INET ? pack_sockaddr_in($port, $packed) : pack_sockaddr_in6($port, $packed);
}

# (address, port) of a packed socket address; nothing when there is none.
sub endpoint {
    my ($packed) = @_;
    return if !$packed;
    my $family = sockaddr_family($packed);
    my ($port, $ip) = $family == AF_INET ? unpack_sockaddr_in($packed) : unpack_sockaddr_in6($packed);
    return (inet_ntop($family, $ip), $port);
}

sub nonblocking {
    my ($socket) = @_;
    fcntl $socket, F_SETFL, fcntl($socket, F_GETFL, 0) | O_NONBLOCK;
    return $socket;
}

# A non-blocking socket of the family of the address, or undef with errno set.
sub socket_for {
    my ($address, $type, $protocol) = @_;
    socket my $socket, family($address), $type, $protocol || 0 or return;
    return nonblocking($socket);
}

sub socket_error {
    my ($socket) = @_;
    return unpack 'i', getsockopt($socket, SOL_SOCKET, SO_ERROR) || pack 'i', 0;
}

# The kernel sends a first packet again after one second, and after three: who has not answered two of them is silent,
# and the rest of a check's time is for what comes after the connection.
my $SYN_MS = 2500;

# Connects and calls back when the connection stands; otherwise the check is finished with the reason.
sub connect_tcp {
    my ($check, $address, $port, $connected) = @_;
    my $socket = socket_for($address, SOCK_STREAM) or return $check->fail($!);
    my $from = $check->arg('from');
    return $check->fail($!) if $from ne '' && !bind $socket, sockaddr($from, 0);
    $check->stage("no answer from $address port $port");
    $check->start_clock;
    if (connect $socket, sockaddr($address, $port)) { $check->hold($socket); return $connected->($socket) }
    return $check->fail($!) if !$!{EINPROGRESS};
    my $stands;
    $check->on_writable($socket, sub {
        my $errno = socket_error($socket);
        return $check->fail($errno) if $errno;
        return if !getpeername $socket;    # not yet: never take silence for a connection
        Probe::Loop::forget_writable($socket);
        $stands = 1;
        $connected->($socket);
    });
    $check->after($SYN_MS / 1000, sub { $check->time_out($SYN_MS) if !$stands }) if $check->arg('timeoutMs') > $SYN_MS;
    return;
}

1;
