package Probe::Failure;

# The closed set of words for what the system refuses (the worker knows them too).
use strict;
use warnings;
use Errno ();

my %WORDS = (
    Errno::ECONNREFUSED()  => 'refused',
    Errno::ECONNRESET()    => 'reset',
    Errno::EPIPE()         => 'reset',
    Errno::EHOSTUNREACH()  => 'no_route',
    Errno::ENETUNREACH()   => 'no_network',
    Errno::ETIMEDOUT()     => 'timeout',
    Errno::EMSGSIZE()      => 'too_long',
    Errno::EPERM()         => 'dropped_locally',
    Errno::EACCES()        => 'dropped_locally',
    Errno::EADDRINUSE()    => 'in_use',
    Errno::EADDRNOTAVAIL() => 'no_such_address',
    Errno::EINVAL()        => 'invalid',
);

# (error => word, detail => the system's own sentence) for an errno.
sub of {
    my ($errno) = @_;
    local $! = $errno;
    return (error => $WORDS{ $errno + 0 } || 'other', detail => "$!");
}

1;
