package Probe::Run;

# The queue: at most so many checks at once, each told as soon as it is known.
use strict;
use warnings;
use Probe::Check;
use Probe::Dns;
use Probe::Json;
use Probe::Kinds;

my (@queue, %running);
my %count = (ok => 0, fail => 0, skipped => 0);

sub counts { return %count }
sub idle   { return !@queue && !%running }

sub add { my ($line) = @_; push @queue, Probe::Kinds::parse($line); return }

sub fill {
    my ($concurrency) = @_;
    while (@queue && keys %running < $concurrency) { begin(shift @queue) }
    return;
}

# What has not ended is told too: it was not tried, or not to its end.
sub abandon {
    my ($reason) = @_;
    for my $check (values %running) { $check->finish('skipped', error => 'not_finished', detail => $reason) }
    my %never = (status => 'skipped', error => 'not_finished', detail => $reason, ms => undef);
    for my $spec (splice @queue) { report($spec, \%never) }
    return;
}

sub report {
    my ($spec, $result) = @_;
    $count{ $result->{status} }++;
    Probe::Json::emit(event => 'check', id => $spec->{id}, kind => $spec->{kind}, %$result);
    return;
}

my $serial = 0;

sub begin {
    my ($spec) = @_;
    my %invalid = (status => 'skipped', error => 'invalid', detail => $spec->{wrong}, ms => undef);
    return report($spec, \%invalid) if $spec->{wrong};
    my $key = ++$serial;
    Probe::Check->start(
        %$spec{qw(id kind args)},
        body => sub { my ($check) = @_; $running{$key} = $check; run($spec, $check) },
        done => sub { my ($result) = @_; delete $running{$key}; report($spec, $result) },
    );
    return;
}

sub run {
    my ($spec, $check) = @_;
    return $spec->{run}->($check) if $spec->{kind} eq 'dns';
    Probe::Dns::resolve($check, $spec->{args}{host}, sub {
        my (@addresses) = @_;
        $check->on_timeout(undef);
        return run_each($spec, $check, @addresses) if $spec->{args}{all};
        $check->towards($addresses[0]);
        $spec->{run}->($check, $addresses[0]);
    });
    return;
}

# `all`: the same check at every address of the name. It passes when all of them do.
sub run_each {
    my ($spec, $check, @addresses) = @_;
    my %each;
    my $left = @addresses;
    $check->on_timeout(sub { });    # each part has the limit to itself
    for my $address (@addresses) {
        Probe::Check->start(
            %$spec{qw(id kind args)},
            body => sub { $_[0]->towards($address); $spec->{run}->($_[0], $address) },
            done => sub {
                $each{$address} = $_[0];
                $check->finish(worst(map { $each{$_} } @addresses)) if !--$left;
            },
        );
    }
    return;
}

sub worst {
    my (@each) = @_;
    my ($bad) = ((grep { $_->{status} eq 'fail' } @each), (grep { $_->{status} eq 'skipped' } @each), $each[0]);
    my ($slowest) = sort { $b <=> $a } map { defined $_->{ms} ? $_->{ms} : 0 } @each;
    my %why = (error => $bad->{error}, detail => "$bad->{address}: $bad->{detail}");
    %why = (detail => 'all of ' . join ', ', map { $_->{address} } @each) if $bad->{status} eq 'ok';
    return ($bad->{status}, %why, ms => $slowest, addresses => [map { $_->{address} } @each], each => \@each);
}

1;
