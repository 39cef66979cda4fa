package Probe::Icmp;

# ICMP echo on a socket of its own per check. An unprivileged ICMP socket is taken where the namespace allows it
# (ping_group_range), else a raw one, which needs CAP_NET_RAW (in Docker's default set).
# DF is IP_PMTUDISC_PROBE: the bit is set, and a path MTU that the kernel remembers from before is not believed.
use strict;
use warnings;
use Errno ();
use Socket qw(AF_INET SOCK_DGRAM SOCK_RAW SOL_SOCKET SO_RCVBUF IPPROTO_IP IPPROTO_IPV6 IPPROTO_ICMP IPPROTO_ICMPV6);
use Probe::Message;
use Probe::Net;

my @KEYS = qw(protocol level echo reply recverr discover header);
my (%V4, %V6);    # recverr: IP_RECVERR, discover: IP_MTU_DISCOVER, header: bytes of IP and ICMP header
@V4{@KEYS} = (IPPROTO_ICMP,   IPPROTO_IP,   8,   0,   11, 10, 28);
@V6{@KEYS} = (IPPROTO_ICMPV6, IPPROTO_IPV6, 128, 129, 25, 23, 48);
my ($PMTUDISC_DONT, $PMTUDISC_PROBE, $SO_ATTACH_FILTER, $RECEIVE_BYTES) = (0, 3, 26, 1024 * 1024);

# An echo socket, or undef with errno set. on_reply->(sequence, seconds), on_error->(sequence, errno, mtu, reporter).
sub open_echo {
    my ($check, $address, %on) = @_;
    my $v      = Probe::Net::family($address) == AF_INET ? \%V4 : \%V6;
    my $socket = Probe::Net::socket_for($address, SOCK_DGRAM, $v->{protocol});
    my $raw    = !$socket;
    $socket ||= Probe::Net::socket_for($address, SOCK_RAW, $v->{protocol}) or return;
    my $self = { %$v, %on, socket => $socket, raw => $raw, id => int rand 65_536, sent_at => {} };
    $self->{token} = pack 'N2', map { int rand 2**32 } 1, 2;
    $check->hold($socket);
    setsockopt $socket, $v->{level}, $v->{recverr}, pack 'i', 1;
    setsockopt $socket, $v->{level}, $v->{discover}, pack 'i', $on{df} ? $PMTUDISC_PROBE : $PMTUDISC_DONT;
    setsockopt $socket, SOL_SOCKET, SO_RCVBUF, $RECEIVE_BYTES;
    Probe::Message::with_timestamps($socket);
    only_own_replies($self) if $raw;
    my $from = $check->arg('from');
    return if $from ne '' && !bind $socket, Probe::Net::sockaddr($from, 0);
    connect $socket, Probe::Net::sockaddr($address, 0) or return;
    $check->on_readable($socket, sub { drain_errors($self); drain_replies($self) });
    return $self;
}

# A raw socket hears every ICMP packet of its peer: a socket filter keeps those with our identifier (bytes 4 and 5),
# so that a neighbour's large echoes cannot fill its buffer.
sub only_own_replies {
    my ($self) = @_;
    my @load = $self->{level} == IPPROTO_IP ? ([0xb1, 0, 0, 0], [0x48, 0, 0, 4]) : ([0x28, 0, 0, 4]);
    my @code = (@load, [0x15, 0, 1, $self->{id}], [0x06, 0, 0, 0xffff_ffff], [0x06, 0, 0, 0]);
    my $program = join '', map { pack 'SCCL', @$_ } @code;
    setsockopt $self->{socket}, SOL_SOCKET, $SO_ATTACH_FILTER, pack 'Sx6P', scalar @code, $program;
    return;
}

# Bytes of IP and ICMP header around the payload.
sub header_bytes { my ($self) = @_; return $self->{header} }

# Sends one echo request with that many bytes of payload (at least 12). A local refusal goes to on_error.
sub send_echo {
    my ($self, $sequence, $size) = @_;
    my $payload = $self->{token} . pack('N', $sequence) . "\x5a" x ($size - 12);
    my $packet = pack('CCnnn', $self->{echo}, 0, 0, $self->{id}, $sequence) . $payload;
    substr $packet, 2, 2, pack 'n', checksum($packet) if $self->{protocol} == IPPROTO_ICMP;
    for my $attempt (1 .. 2) {
        $self->{sent_at}{$sequence} = Probe::Loop::wall_clock();
        return if defined send $self->{socket}, $packet, 0;
        # An error of an earlier packet is told by the next send: collect it, then send again.
        my $errno = $! + 0;
        return if drain_errors($self, $sequence) || !defined fileno $self->{socket};
        $self->{on_error}->($sequence, $errno) if $attempt == 2;
    }
    return;
}

sub checksum {
    my ($packet) = @_;
    my $sum = unpack '%32n*', length($packet) % 2 ? "$packet\0" : $packet;
    $sum = ($sum & 0xffff) + ($sum >> 16) while $sum > 0xffff;
    return ~$sum & 0xffff;
}

sub drain_replies {
    my ($self) = @_;
    while (defined fileno $self->{socket}) {
        my $message = Probe::Message::receive($self->{socket}) or return;
        my $packet = $message->{data};
        substr $packet, 0, 4 * (ord($packet) & 0x0f), '' if $self->{raw} && $self->{protocol} == IPPROTO_ICMP;
        next if length $packet < 20 || ord($packet) != $self->{reply} || substr($packet, 8, 8) ne $self->{token};
        my $sequence = unpack 'N', substr $packet, 16, 4;
        my $sent_at  = delete $self->{sent_at}{$sequence} or next;
        my $seconds  = ($message->{received_at} || Probe::Loop::wall_clock()) - $sent_at;
        $self->{on_reply}->($sequence, $seconds < 0 ? 0 : $seconds);
    }
    return;
}

# Hands the queued ICMP errors on; true when one of them belongs to the given sequence.
sub drain_errors {
    my ($self, $wanted) = @_;
    my $met = 0;
    while (defined fileno $self->{socket}) {
        my $error = Probe::Message::receive_error($self->{socket}, $self->{level}, $self->{recverr}) or last;
        my (undef, undef, undef, $id, $sequence) = unpack 'CCnnn', $error->{quoted};
        $sequence = $wanted if $error->{quoted} eq '';    # refused by this kernel at once: nothing is quoted
        next if !defined $sequence || $self->{raw} && defined $id && $id != $self->{id};    # a neighbour's error
        $met = 1 if defined $wanted && $wanted == $sequence;
        $self->{on_error}->($sequence, @$error{qw(errno mtu reporter)});
    }
    return $met;
}

1;
