package Probe::Http;

# `http`: GET, one answer, no redirects. HTTP/1.0, so that the body ends with the connection and is never chunked.
use strict;
use warnings;
use Probe::Net;

my $BODY_BYTES_MAX = 1024 * 1024;

# (host, port, path) of a plain http URL, or nothing.
sub parse_url {
    my ($url) = @_;
    my ($v6, $name, $port, $path)
        = $url =~ m{^http://(?:\[([0-9a-fA-F:.]+)\]|([^/:?\#\s\[\]]+))(?::(\d{1,5}))?([/?][^\#\s]*)?$} or return;
    $path = '/' if !defined $path;
    $path = "/$path" if $path =~ /^\?/;
    return (defined $v6 ? $v6 : $name, $port || 80, $path);
}

sub get {
    my ($check, $address) = @_;
    my (undef, $port, $path) = parse_url($check->arg('url'));
    my ($authority) = $check->arg('url') =~ m{^http://([^/?]+)};
    Probe::Net::connect_tcp($check, $address, $port, sub {
        my ($socket) = @_;
        $check->stage("connected to $address port $port, but no whole answer");
        my $request = "GET $path HTTP/1.0\r\nHost: $authority\r\nUser-Agent: flotilla-probe\r\nAccept: */*\r\n\r\n";
        my $written = syswrite $socket, $request;
        return $check->fail($!) if !defined $written;
        my $answer = '';
        $check->on_readable($socket, sub {
            my $read = sysread $socket, $answer, 65_536, length $answer;
            return if !defined $read && $!{EAGAIN};
            return $check->fail($!) if !defined $read;
            judge($check, $answer) if $read == 0 || length $answer > $BODY_BYTES_MAX || whole($answer);
        });
    });
    return;
}

sub whole {
    my ($answer) = @_;
    my ($head, $body) = split /\r?\n\r?\n/, $answer, 2;
    return defined $body && $head =~ /^Content-Length:\s*(\d+)/mi && length $body >= $1;
}

sub judge {
    my ($check, $answer) = @_;
    my ($head, $body) = split /\r?\n\r?\n/, $answer, 2;
    my ($http) = $answer =~ m{^HTTP/\d\.\d (\d{3})};
    if (!$http || !defined $body) {
        my $detail = $answer eq '' ? 'closed without an answer' : 'the answer is not HTTP, or was cut off';
        return $check->finish('fail', error => 'not_http', detail => $detail);
    }
    my $bytes  = length $body;
    my $expect = $check->arg('expect');
    my %seen   = (http => $http, bytes => $bytes);
    if ($head =~ /^Content-Length:\s*(\d+)/mi && $bytes < $1 && $bytes < $BODY_BYTES_MAX) {
        return $check->finish('fail', %seen, error => 'cut_off', detail => "$bytes of $1 bytes of the body came");
    }
    return $check->finish('ok', %seen, detail => "HTTP $http, $bytes bytes") if $http == $expect;
    return $check->finish('fail', %seen, error => 'http_status', detail => "HTTP $http, expected $expect");
}

1;
