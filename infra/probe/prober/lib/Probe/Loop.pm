package Probe::Loop;

# The event loop: callbacks on file handles and timers. One process, no threads, no forks.
use strict;
use warnings;
use Config ();

my $ARM             = $Config::Config{archname} =~ /^aarch64/;
my $CLOCK_GETTIME   = $ARM ? 113 : 228;
my ($CLOCK_REALTIME, $CLOCK_MONOTONIC) = (0, 1);

my (%reading, %writing, %timers);
my $timer_count = 0;

sub clock {
    my ($which) = @_;
    my $time = "\0" x 16;
    syscall $CLOCK_GETTIME, $which, $time;
    my ($seconds, $nanoseconds) = unpack 'qq', $time;
    return $seconds + $nanoseconds / 1e9;
}

# Seconds on a clock that nobody sets.
sub now { return clock($CLOCK_MONOTONIC) }

# Seconds on the clock of the kernel's packet timestamps.
sub wall_clock { return clock($CLOCK_REALTIME) }

sub on_readable { my ($handle, $callback) = @_; $reading{ fileno $handle } = $callback; return }
sub on_writable { my ($handle, $callback) = @_; $writing{ fileno $handle } = $callback; return }

sub forget_writable { my ($handle) = @_; delete $writing{ fileno $handle }; return }

sub forget {
    my ($handle) = @_;
    my $number = fileno $handle;
    return if !defined $number;
    delete $reading{$number};
    delete $writing{$number};
    return;
}

sub after {
    my ($seconds, $callback) = @_;
    my $id = ++$timer_count;
    $timers{$id} = [now() + $seconds, $callback];
    return $id;
}

sub cancel { my ($id) = @_; delete $timers{$id}; return }

sub bits {
    my $bits = '';
    vec($bits, $_, 1) = 1 for @_;
    return $bits;
}

sub wait_seconds {
    my $next;
    for my $timer (values %timers) { $next = $timer->[0] if !defined $next || $timer->[0] < $next }
    return 1 if !defined $next;
    my $left = $next - now();
    return $left < 0 ? 0 : $left > 1 ? 1 : $left;
}

sub turn {
    my %asked = (read => {%reading}, write => {%writing});
    my ($can_read, $can_write) = (bits(keys %reading), bits(keys %writing));
    my $ready = select $can_read, $can_write, undef, wait_seconds();
    if ($ready > 0) {
        call_ready($can_read,  \%reading, $asked{read});
        call_ready($can_write, \%writing, $asked{write});
    }
    my $now = now();
    for my $id (sort { $a <=> $b } keys %timers) {
        next if !$timers{$id} || $timers{$id}[0] > $now;
        (delete $timers{$id})->[1]->();
    }
    return;
}

# A callback may close a handle, and another open a new one that gets the same number: what select said holds only
# for the callback that was there when it was asked.
sub call_ready {
    my ($bits, $callbacks, $asked) = @_;
    for my $number (keys %$asked) {
        next if !vec $bits, $number, 1;
        my $callback = $callbacks->{$number};
        $callback->() if $callback && $callback == $asked->{$number};
    }
    return;
}

# Turns until the condition holds.
sub run_until { my ($finished) = @_; turn() while !$finished->(); return }

1;
