package Probe::Message;

# recvmsg(2), which Perl lacks: a packet with the kernel's own time of arrival, and the queue of ICMP errors (ip(7)).
use strict;
use warnings;
use Config ();
use Errno ();
use Socket qw(AF_INET SOL_SOCKET MSG_DONTWAIT MSG_ERRQUEUE);
use Probe::Net;

my $RECVMSG         = $Config::Config{archname} =~ /^aarch64/ ? 212 : 47;
my $SO_TIMESTAMPNS  = 35;
my $DATA_BYTES      = 65_536;
my $CONTROL_BYTES   = 512;

sub with_timestamps { my ($socket) = @_; setsockopt $socket, SOL_SOCKET, $SO_TIMESTAMPNS, pack 'i', 1; return }

# { data, received_at (seconds, wall clock) } or nothing.
sub receive {
    my ($socket) = @_;
    my ($data, @control) = call($socket, 0) or return;
    my ($stamp) = map { $_->{level} == SOL_SOCKET && $_->{type} == $SO_TIMESTAMPNS ? $_->{data} : () } @control;
    my ($seconds, $nanoseconds) = defined $stamp ? unpack 'qq', $stamp : ();
    return { data => $data, received_at => defined $seconds ? $seconds + $nanoseconds / 1e9 : undef };
}

# { quoted (start of the packet that failed), errno, mtu, reporter } from the error queue, or nothing.
sub receive_error {
    my ($socket, $level, $type) = @_;
    my ($quoted, @control) = call($socket, MSG_ERRQUEUE) or return;
    my ($extended) = map { $_->{level} == $level && $_->{type} == $type ? $_->{data} : () } @control;
    return if !defined $extended;
    my ($errno, $origin, undef, undef, $info) = unpack 'LCCCxL', $extended;    # struct sock_extended_err
    my ($reporter) = $origin > 1 ? Probe::Net::endpoint(offender(substr $extended, 16)) : ();
    my $mtu = $errno == Errno::EMSGSIZE() ? $info : undef;
    return { quoted => $quoted, errno => $errno, mtu => $mtu, reporter => $reporter };
}

sub offender {
    my ($packed) = @_;
    my $family = unpack 'S', $packed;
    return $family ? substr $packed, 0, $family == AF_INET ? 16 : 28 : undef;
}

# (data, control messages) or nothing. struct msghdr of a 64-bit Linux; the buffers are written by the kernel.
sub call {
    my ($socket, $flags) = @_;
    my ($data, $control) = ('', '');
    vec($data, $DATA_BYTES - 1, 8) = vec($control, $CONTROL_BYTES - 1, 8) = 0;
    my $vector = pack 'PQ', $data, $DATA_BYTES;
    my $header = pack 'QQPQPQix4', 0, 0, $vector, 1, $control, $CONTROL_BYTES, 0;
    my $got = syscall $RECVMSG, fileno($socket), $header, $flags | MSG_DONTWAIT;
    return if $got < 0;
    my $filled = (unpack 'Q6', $header)[5];
    return (substr($data, 0, $got), control_messages(substr $control, 0, $filled));
}

sub control_messages {
    my ($bytes) = @_;
    my @messages;
    while (length $bytes >= 16) {
        my ($length, $level, $type) = unpack 'Qii', $bytes;
        last if $length < 16 || $length > length $bytes;
        push @messages, { level => $level, type => $type, data => substr $bytes, 16, $length - 16 };
        my $step = ($length + 7) & ~7;
        last if $step >= length $bytes;
        substr $bytes, 0, $step, '';
    }
    return @messages;
}

1;
