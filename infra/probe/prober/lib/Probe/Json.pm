package Probe::Json;

# One JSON object per line, written at once, so that a reader sees each result when it is known.
use strict;
use warnings;

# Perl does not tell 80 from "80": the value of these keys is a number, of @TRUTH true or false.
my %NUMBER = map { $_ => 1 } qw(protocol port ms maxMs rttMs resent sent received mtu bytes http fromPort seenPort
    ok fail skipped ignored);
my %TRUTH = map { $_ => 1 } qw(expired truncated);

sub text {
    my ($text) = @_;
    $text =~ s/([\\"])/\\$1/g;
    $text =~ s/([\x00-\x1f\x7f])/sprintf '\u%04x', ord $1/ge;    # UTF-8 goes out as it came in
    return qq("$text");
}

sub value {
    my ($key, $value) = @_;
    return 'null' if !defined $value;
    return '[' . join(',', map { value($key, $_) } @$value) . ']' if ref $value eq 'ARRAY';
    return object($value) if ref $value eq 'HASH';
    return $value ? 'true' : 'false' if $TRUTH{$key};
    return $NUMBER{$key} ? 0 + $value : text($value);
}

# Fields without a value are left out, but for `ms`: not measured is said.
sub object {
    my ($fields) = @_;
    my @keys = grep { $_ eq 'ms' || defined $fields->{$_} } sort keys %$fields;
    return '{' . join(',', map { text($_) . ':' . value($_, $fields->{$_}) } @keys) . '}';
}

sub emit {
    my (%fields) = @_;
    my $line = object(\%fields) . "\n";
    while (length $line) {
        my $written = syswrite STDOUT, $line;
        next if !defined $written && $!{EINTR};
        exit 1 if !defined $written;    # nobody reads any more
        substr($line, 0, $written) = '';
    }
    return;
}

1;
