import { expect, test } from 'vitest';
import { parseSystemFacts } from './facts.ts';

/** As a Debian 12 host with Docker printed it, shortened. */
const recorded = `@@clock
1700000000.250123456
@@machine-id
3d1219c7c4c5404aaa1f6d2a48adfda4
@@ip-vs
yes
@@sockets
tcp:   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 21873 1 0000000000000000 100 0 0 10 0
tcp:   1: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 21877 1 0000000000000000 100 0 0 10 0
tcp:  12: 0100007F:C0DE 0100007F:1F90 01 0A 00:00000000 00000000     0        0 21878 1 0000000000000000 100 0 0 10 0
tcp:  13: 0100007F:C0DF 0100007F:1F90 07 00000000:00000000 00:00000000 00000000     0        0 0 1 0000000000000000 100 0 0 10 0
tcp6:   0: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 21882 1 0000000000000000 100 0 0 10 0
tcp6:   1: 00000000000000000000000000000000:1F0A 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 21883 1 0000000000000000 100 0 0 10 0
udp:  226: 00000000:1F0A 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 22013 2 0000000000000000 0
udp: 1300: 0A4F0201:12B5 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 22014 2 0000000000000000 0
@@addresses
1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
    inet 192.0.2.10/32 scope global lo
       valid_lft forever preferred_lft forever
    inet6 ::1/128 scope host noprefixroute
       valid_lft forever preferred_lft forever
2: eth0@if7: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UP group default qlen 1000
    link/ether 8a:5b:f2:6a:0c:5e brd ff:ff:ff:ff:ff:ff link-netnsid 0
    inet 10.79.2.1/24 brd 10.79.2.255 scope global eth0
       valid_lft forever preferred_lft forever
    inet6 2001:db8::5/64 scope global
       valid_lft forever preferred_lft forever
    inet6 fe80::885b:f2ff:fe6a:c5e/64 scope link
       valid_lft forever preferred_lft forever
3: wg0: <POINTOPOINT,NOARP,UP,LOWER_UP> mtu 1420 qdisc noqueue state UNKNOWN group default qlen 1000
    link/none
    inet 10.8.0.1 peer 10.8.0.2/32 scope global wg0
       valid_lft forever preferred_lft forever
4: docker0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state DOWN group default
    link/ether 02:42:5a:0b:8e:11 brd ff:ff:ff:ff:ff:ff
    inet 172.17.0.1/16 brd 172.17.255.255 scope global docker0
       valid_lft forever preferred_lft forever
@@path-mtu
10.79.2.2 1450 measured
2001:db8::6 1450 assumed
@@end
`;
const at = { sentAtMs: 1_700_000_000_000, arrivedAtMs: 1_700_000_000_000 };

test('the facts of a host are read from what the script printed', () => {
  expect(parseSystemFacts(recorded, at)).toEqual({
    machineId: '3d1219c7c4c5404aaa1f6d2a48adfda4',
    ipVs: true,
    listeningTcp: [22, 7946, 8080],
    listeningUdp: [4789, 7946],
    addresses: [
      { iface: 'lo', address: '192.0.2.10', prefix: 32, mtu: 65_536 },
      { iface: 'eth0', address: '10.79.2.1', prefix: 24, mtu: 1450 },
      { iface: 'eth0', address: '2001:db8::5', prefix: 64, mtu: 1450 },
      { iface: 'wg0', address: '10.8.0.1', prefix: 32, mtu: 1420 },
      { iface: 'docker0', address: '172.17.0.1', prefix: 16, mtu: 1500 },
    ],
    clockOffsetMs: 250,
    pathMtu: { '10.79.2.2': { bytes: 1450, measured: true }, '2001:db8::6': { bytes: 1450, measured: false } },
  });
});

test('of listeners as ss tells them, each port once', () => {
  const rows = `udp   UNCONN 0      0            0.0.0.0:4789      0.0.0.0:*
udp   UNCONN 0      0                  *:7946            *:*
tcp   LISTEN 0      128          0.0.0.0:22        0.0.0.0:*
tcp   LISTEN 0      4096               *:7946            *:*
tcp   LISTEN 0      128             [::]:22           [::]:*
tcp   LISTEN 0      4096      127.0.0.53%lo:53        0.0.0.0:*
`;
  const told = recorded.replace(/(@@sockets\n)[^@]*/, `$1${rows}`);
  expect(parseSystemFacts(told, at)).toMatchObject({ listeningTcp: [22, 53, 7946], listeningUdp: [4789, 7946] });
});

test('tools that are missing leave facts out, where that says nothing false', () => {
  const poor = recorded
    .replace(/@@machine-id\n.*\n/, '@@machine-id\n')
    .replace('\nyes\n', '\n')
    .replace(/@@path-mtu\n[^@]*/, '');
  expect(parseSystemFacts(poor, at)).toMatchObject({ machineId: null, ipVs: false, pathMtu: {} });
});

test('what could not be seen is not taken for an absence', () => {
  const without = (section: string): string =>
    recorded.replace(new RegExp(`@@${section}\n((?!@@)[^])*`), `@@${section}\n`);
  expect(parseSystemFacts(without('addresses'), at)).toBe('there is no ip command');
  expect(parseSystemFacts(without('clock'), at)).toBe('there is no date command');
  expect(parseSystemFacts(recorded.replace('@@end', ''), at)).toBe('the script did not come to its end');
  expect(parseSystemFacts('', at)).toBe('the script did not come to its end');
  expect(parseSystemFacts(without('sockets'), at)).toBe('there is neither ss nor grep');
});

test('a clock is off by no more than is sure: an answer that hung on the way says nothing of it', () => {
  const told = (sentAtMs: number, arrivedAtMs: number) =>
    parseSystemFacts(recorded, { sentAtMs: at.sentAtMs + sentAtMs, arrivedAtMs: at.arrivedAtMs + arrivedAtMs });
  expect(told(-5000, 9000)).toMatchObject({ clockOffsetMs: 0 });
  expect(told(1250, 9000)).toMatchObject({ clockOffsetMs: -1000 });
  expect(told(-5000, -750)).toMatchObject({ clockOffsetMs: 1000 });
});

test('a date that knows no fractions is taken for the middle of its second', () => {
  const busybox = recorded.replace('1700000000.250123456', '1700000000.%N');
  expect(parseSystemFacts(busybox, at)).toMatchObject({ clockOffsetMs: 500 });
});
