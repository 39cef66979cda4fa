package Probe::Dns;

# Asks the container's own resolver (Docker's is 127.0.0.11) over UDP, RFC 1035 with EDNS0 (RFC 6891), and tells
# "no such name" from "no answer". Names are absolute: no search list, so that an answer means what it says.
use strict;
use warnings;
use Socket qw(AF_INET AF_INET6 SOCK_DGRAM inet_ntop);
use Probe::Net;

my %TYPES    = (A => 1, AAAA => 28);
my %RCODES   = (1 => 'malformed', 2 => 'servfail', 3 => 'nxdomain', 4 => 'servfail', 5 => 'refused');
my %SENTENCE = (
    malformed => 'the answer makes no sense',
    servfail  => 'the resolver failed (SERVFAIL)',
    nxdomain  => 'no such name (NXDOMAIN)',
    refused   => 'the resolver refused to answer (REFUSED)',
);
my $ATTEMPTS  = 3;
my $UDP_BYTES = 16_384;    # room for about 1000 addresses of one service
my $OPT       = "\0" . pack 'nnNn', 41, $UDP_BYTES, 0, 0;

# The `dns` check.
sub check {
    my ($check) = @_;
    my $name = $check->arg('name');
    query($check, $name, $check->arg('type'), sub { $check->finish('ok', @_) }, sub { $check->finish('fail', @_) });
    return;
}

# Calls back with the addresses of a host: a literal is its own address, then /etc/hosts, then DNS. What cannot be
# resolved was not tried, so the check is skipped, with the reason.
sub resolve {
    my ($check, $host, $callback) = @_;
    return $callback->($host) if Probe::Net::family($host);
    my @known = hosts_file($host, $check->arg('family') == 6 ? AF_INET6 : AF_INET);
    return $callback->(@known) if @known;
    query($check, $host, $check->arg('family') == 6 ? 'AAAA' : 'A',
        sub { my (%found) = @_; $callback->(@{ $found{addresses} }) },
        sub { my (%failed) = @_; $check->finish('skipped', %failed, detail => "$host: $failed{detail}") });
    return;
}

sub query {
    my ($check, $name, $type, $found, $failed) = @_;
    my @servers = $check->arg('server') ne '' ? $check->arg('server') : nameservers();
    return $failed->(error => 'no_resolver', detail => 'no nameserver in /etc/resolv.conf') if !@servers;
    my $question = encode_name($name);
    return $failed->(error => 'invalid', detail => 'not a host name') if !defined $question;
    my $id     = int rand 65_536;
    my $packet = pack('nnnnnn', $id, 0x0100, 1, 0, 0, 1) . $question . pack('nn', $TYPES{$type}, 1) . $OPT;
    my ($settled, $last) = (0, undef);
    my $settle = sub { my ($then, @fields) = @_; $then->(@fields) if !$settled++ };
    $check->start_clock;
    $check->on_timeout(sub {
        $settle->($failed, @$last) if $last;
        $settle->($failed, error => 'timeout', detail => "no answer from the resolver @servers", ms => undef);
    });
    for my $attempt (0 .. $ATTEMPTS - 1) {
        my $server = $servers[$attempt % @servers];
        my $ask = sub {
            return if $settled;
            ask($check, $server, $packet, $id, sub {
                my (%answer) = @_;
                return $last = [%answer, server => $server] if $answer{retry} && @servers > 1;
                $check->on_timeout(undef) if !$settled;
                delete $answer{retry};
                $settle->($answer{error} ? $failed : $found, %answer, server => $server);
            });
        };
        if ($attempt) { $check->after($attempt * $check->arg('timeoutMs') / 1000 / $ATTEMPTS, $ask) }
        else          { $ask->() }
    }
    return;
}

sub ask {
    my ($check, $server, $packet, $id, $answered) = @_;
    my $socket = Probe::Net::socket_for($server, SOCK_DGRAM)
        or return $answered->(Probe::Failure::of($!), retry => 1);
    connect $socket, Probe::Net::sockaddr($server, 53) or return $answered->(Probe::Failure::of($!), retry => 1);
    my $listen = sub {
        my $got = recv $socket, my $answer, 65_535, 0;
        if (!defined $got) {
            return if $!{EAGAIN};
            Probe::Loop::forget($socket);
            my (%failure) = Probe::Failure::of($!);
            return $answered->(%failure, retry => 1, detail => "resolver $server: $failure{detail}");
        }
        return if length $answer < 12 || unpack('n', $answer) != $id;
        Probe::Loop::forget($socket);
        $answered->(decode($answer));
    };
    $check->on_readable($socket, $listen);
    if (!defined send $socket, $packet, 0) { $answered->(Probe::Failure::of($!), retry => 1) }
    return;
}

# The fields of a result: addresses, or error and detail.
sub decode {
    my ($answer) = @_;
    my (undef, $flags, $questions, $answers) = unpack 'nnnn', $answer;
    my $rcode = $flags & 0x0f;
    return problem($RCODES{$rcode} || 'servfail') if $rcode;
    my ($at, @addresses) = (12);
    eval {
        for (1 .. $questions) { $at = skip_name($answer, $at) + 4 }
        for (1 .. $answers) {
            $at = skip_name($answer, $at);
            die "short\n" if $at + 10 > length $answer;
            my ($type, undef, undef, $length) = unpack 'nnNn', substr $answer, $at, 10;
            die "short\n" if $at + 10 + $length > length $answer;
            my $data = substr $answer, $at + 10, $length;
            push @addresses, inet_ntop(AF_INET,  $data) if $type == $TYPES{A}    && $length == 4;
            push @addresses, inet_ntop(AF_INET6, $data) if $type == $TYPES{AAAA} && $length == 16;
            $at += 10 + $length;
        }
        1;
    } or return problem('malformed');
    my $truncated = $flags & 0x0200 ? 1 : 0;
    return problem('malformed') if !@addresses && $truncated;
    return (error => 'no_address', detail => 'the name exists but has no such address') if !@addresses;
    my @sorted = sort @addresses;
    return (addresses => \@sorted, detail => join(', ', @sorted), truncated => $truncated);
}

sub problem { my ($word) = @_; return (error => $word, detail => $SENTENCE{$word}) }

sub skip_name {
    my ($packet, $at) = @_;
    while ($at < length $packet) {
        my $length = ord substr $packet, $at, 1;
        return $at + 2 if $length >= 0xc0;
        return $at + 1 if $length == 0;
        $at += 1 + $length;
    }
    die "short\n";
}

sub encode_name {
    my ($name) = @_;
    my @labels = split /\./, $name;
    return if !@labels || length $name > 253 || grep { !length || length > 63 } @labels;
    return join('', map { pack 'C/a*', $_ } @labels) . "\0";
}

sub lines {
    my ($path) = @_;
    open my $file, '<', $path or return;
    return map { s/#.*//r } <$file>;
}

sub nameservers { return map { /^\s*nameserver\s+(\S+)/ ? $1 : () } lines('/etc/resolv.conf') }

sub hosts_file {
    my ($host, $family) = @_;
    my @found;
    for my $line (lines('/etc/hosts')) {
        my ($address, @names) = split ' ', $line;
        push @found, $address if grep { lc $_ eq lc $host } @names;
    }
    return grep { (Probe::Net::family($_) || 0) == $family } @found;
}

1;
