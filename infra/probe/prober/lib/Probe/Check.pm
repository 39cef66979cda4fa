package Probe::Check;

# One running check: its arguments, its time limit, and all that it holds open. `finish` ends it once and
# lets go of everything, whoever calls it: the check itself or the clock.
use strict;
use warnings;
use Probe::Failure;
use Probe::Loop;

sub start {
    my ($class, %self) = @_;    # id, kind, args, body (runs it), done (takes the result)
    my $self = bless { %self, handles => [], timers => [], stage => 'not finished' }, $class;
    $self->start_clock;
    my $limit_ms = $self->arg('timeoutMs');
    $self->after($limit_ms / 1000, sub {
        return $self->{on_timeout}->() if $self->{on_timeout};
        $self->time_out($limit_ms);
    });
    $self->{body}->($self);
    return $self;
}

sub arg { my ($self, $name) = @_; return $self->{args}{$name} }

# The address that is tried, told with the result.
sub towards { my ($self, $address) = @_; $self->{address} = $address; return }

# What is missing while we wait: told when the time runs out.
sub stage { my ($self, $text) = @_; $self->{stage} = $text; return }

sub on_timeout { my ($self, $callback) = @_; $self->{on_timeout} = $callback; return }

# The measured time begins now (name lookup and the like do not count).
sub start_clock { my ($self) = @_; $self->{clock} = Probe::Loop::now(); return }

sub elapsed_ms { my ($self) = @_; return milliseconds(Probe::Loop::now() - $self->{clock}) }

sub milliseconds { my ($seconds) = @_; return sprintf '%.3f', $seconds * 1000 }

sub hold { my ($self, $handle) = @_; push @{ $self->{handles} }, $handle; return }

sub on_readable {
    my ($self, $handle, $callback) = @_;
    $self->hold($handle);
    Probe::Loop::on_readable($handle, $callback);
    return;
}

sub on_writable {
    my ($self, $handle, $callback) = @_;
    $self->hold($handle);
    Probe::Loop::on_writable($handle, $callback);
    return;
}

sub after {
    my ($self, $seconds, $callback) = @_;
    push @{ $self->{timers} }, Probe::Loop::after($seconds, $callback);
    return;
}

# Ends it because nothing came for so long.
sub time_out {
    my ($self, $ms) = @_;
    return $self->finish('fail', error => 'timeout', detail => "$self->{stage} within $ms ms", ms => undef);
}

# Ends it as failed, with the word and the sentence for an errno.
sub fail { my ($self, $errno, %fields) = @_; return $self->finish('fail', Probe::Failure::of($errno), %fields) }

# status: ok, fail, or skipped (could not be tried: never a pass). Fields: error, detail, ms, and the kind's own.
sub finish {
    my ($self, $status, %fields) = @_;
    my $done = delete $self->{done} or return;
    $fields{ms} = $self->elapsed_ms if !exists $fields{ms};
    $fields{ms} = undef if $status eq 'skipped';
    $fields{address} = $self->{address};
    Probe::Loop::cancel($_) for @{ $self->{timers} };
    for my $handle (@{ $self->{handles} }) { Probe::Loop::forget($handle); close $handle }
    %$self = (id => $self->{id}, kind => $self->{kind});    # breaks the circles between closures and check
    $done->({ status => $status, %fields });
    return;
}

1;
