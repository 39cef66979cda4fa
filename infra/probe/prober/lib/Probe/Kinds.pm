package Probe::Kinds;

# The kinds of check as tables: what each takes ([rule, default]; without a default it is needed), and what runs it.
use strict;
use warnings;
use Probe::Dns;
use Probe::Http;
use Probe::Net;
use Probe::Ping;
use Probe::Pmtu;
use Probe::Tcp;
use Probe::Udp;

my $NAME    = qr/^[^\s\/]{1,253}$/;
my $NONCE   = qr/^\S{1,128}$/;
my $FLAG    = qr/^[01]$/;
my $FAMILY  = qr/^[46]$/;
my $NUMBER  = qr/^\d{1,8}$/;
my $PORT    = sub { $_[0] =~ /^\d{1,5}$/ && $_[0] > 0 && $_[0] < 65_536 };
my $ADDRESS = sub { $_[0] eq '' || Probe::Net::family($_[0]) };
my $URL     = sub { (Probe::Http::parse_url($_[0]))[0] };

sub between { my ($low, $high) = @_; return sub { $_[0] =~ $NUMBER && $_[0] >= $low && $_[0] <= $high } }

my %COMMON   = (timeoutMs => [between(1, 600_000), 3000], server => [$ADDRESS, '']);
my %TOWARDS  = (%COMMON, family => [$FAMILY, 4], all => [$FLAG, 0], from => [$ADDRESS, '']);
my %HOST     = (%TOWARDS, host => [$NAME]);
my %PORT     = (%HOST, port => [$PORT]);
my $PACKET   = between(68, 65_535);
my $PAYLOAD  = between(12, 65_507);
my $COUNT    = between(1, 1000);
my $INTERVAL = between(1, 60_000);
my %NONCES   = (nonce => [$NONCE], count => [$COUNT, 3], intervalMs => [$INTERVAL, 100]);

my %ARGUMENTS = (
    dns  => { %COMMON, name => [$NAME], type => [qr/^(?:A|AAAA)$/, 'A'] },
    ping => { %HOST, count => [$COUNT, 1], intervalMs => [$INTERVAL, 200], size => [$PAYLOAD, 56], df => [$FLAG, 0] },
    pmtu => { %HOST, low => [$PACKET, 576], high => [$PACKET, 9000] },
    tcp  => { %PORT },
    bulk => { %PORT, nonce => [$NONCE], bytes => [between(0, 67_108_864), 1_048_576] },
    http => { %TOWARDS, url => [$URL], host => [$NAME, ''], expect => [between(100, 599), 200] },
    udp  => { %PORT, %NONCES, size => [between(0, 65_507), 0], df => [$FLAG, 0] },
    esp  => { %HOST, %NONCES },
);
my %RUN = (
    dns  => \&Probe::Dns::check,
    ping => \&Probe::Ping::ping,
    pmtu => \&Probe::Pmtu::pmtu,
    tcp  => \&Probe::Tcp::connect_only,
    bulk => \&Probe::Tcp::bulk,
    http => \&Probe::Http::get,
    udp  => \&Probe::Udp::send_udp,
    esp  => \&Probe::Udp::send_esp,
);

# A check of one line: { id, kind, args, run }, or { id, kind, wrong => sentence }.
sub parse {
    my ($line) = @_;
    my ($kind, $id, @pairs) = split ' ', $line;
    my %known = (id => decode(defined $id ? $id : ''), kind => defined $kind ? $kind : '');
    my $wrong = sub { return { %known, wrong => $_[0] } };
    my $rules = $ARGUMENTS{ $known{kind} } or return $wrong->('no such kind of check');
    return $wrong->('a check needs an id') if $known{id} eq '';
    my %args = map { $_ => $rules->{$_}[1] } keys %$rules;
    for my $pair (@pairs) {
        my ($key, $value) = $pair =~ /^(\w+)=(.*)$/ or return $wrong->("not key=value: $pair");
        my $rule = $rules->{$key} or return $wrong->("a $kind check takes no $key");
        $args{$key} = decode($value);
        return $wrong->("$key is not valid") if !fits($rule->[0], $args{$key});
    }
    my ($missing) = grep { !defined $args{$_} } sort keys %args;
    return $wrong->("a $kind check needs $missing") if defined $missing;
    ($args{host}) = Probe::Http::parse_url($args{url}) if $kind eq 'http' && $args{host} eq '';
    return { %known, args => \%args, run => $RUN{$kind} };
}

sub fits {
    my ($rule, $value) = @_;
    return ref $rule eq 'CODE' ? $rule->($value) : $value =~ $rule;
}

sub decode { my ($text) = @_; $text =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ge; return $text }

1;
