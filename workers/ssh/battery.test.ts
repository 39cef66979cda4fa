import { describe, expect, test } from 'vitest';
import { parseBattery } from './battery.ts';
import { parseReach } from './facts.ts';

/** What a host of the lab printed, shortened. */
const output = (changes: Record<string, string> = {}): string => {
  const sections: Record<string, string> = {
    clock: '1795631557.071185910',
    sockets: `tcp LISTEN 0      128    0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=49,fd=3))
udp UNCONN 0      0      0.0.0.0:4789 0.0.0.0:*`,
    user: '0',
    hostname: 'h1',
    kernel: '6.18.44',
    os: 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"',
    virtualisation: 'kvm',
    'machine-id': '25e452e810c54cea129f5ee26e03624a',
    links: `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000\\    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00 promiscuity 0
2: eth0@if5: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default qlen 1000\\    link/ether 02:4f:4c:00:00:01 brd ff:ff:ff:ff:ff:ff link-netnsid 0 promiscuity 0 \\    veth addrgenmode eui64
7: vx-001001-abcde: <BROADCAST> mtu 1450 qdisc noop state DOWN mode DEFAULT group default \\    link/ether 2a:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff promiscuity 0 \\    vxlan id 4097 srcport 0 0 dstport 4789 ttl auto ageing 300`,
    addresses: `2: eth0@if5: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default qlen 1000
    inet 10.79.0.1/24 brd 10.79.0.255 scope global eth0`,
    routes: `default via 10.79.0.253 dev eth0
10.79.0.0/24 dev eth0 proto kernel scope link src 10.79.0.1
10.8.0.1 dev tun0 table 200
local 10.79.0.1 dev eth0 table local proto kernel scope host src 10.79.0.1
broadcast 10.79.0.255 dev eth0 table local proto kernel scope link src 10.79.0.1
fe80::/64 dev eth0 proto kernel metric 256 pref medium`,
    resolvers: 'nameserver 10.79.0.253',
    'ssh-from': '10.79.0.254',
    sysctls: `/proc/sys/net/ipv4/ip_forward:1
/proc/sys/net/bridge/bridge-nf-call-iptables:0`,
    disk: `Available Mounted on /var/lib/docker
81677688 /var/lib/docker /var/lib/docker
12 /var/lib/docker/tmp /var/lib/docker`,
    modules: `ip_vs no
br_netfilter yes`,
    cards: 'eth0 vmxnet3 tx-checksum-ip-generic: on',
    features: `vxlan yes
xt_ipvs no Warning: Extension ipvs revision 0 not supported, missing kernel module?`,
    end: '',
    ...changes,
  };
  return Object.entries(sections)
    .map(([name, text]) => `@@${name}\n${text}\n`)
    .join('');
};

const parsed = (changes: Record<string, string> = {}, esp = false) => {
  const facts = parseBattery(output(changes), { sentAtMs: 1_795_631_557_000, arrivedAtMs: 1_795_631_557_000 }, { esp });
  if (facts === null) throw new Error('the output was to be whole');
  return facts;
};

describe('the facts of a host', () => {
  test('are read from a whole output', () => {
    const facts = parsed();
    expect(facts).toMatchObject({ root: true, hostname: 'h1', kernel: '6.18.44' });
    expect(facts.clockOffsetMs).toEqual({ known: true, value: 71 });
    expect(facts.disk).toEqual({ known: true, value: { path: '/var/lib/docker/tmp', freeBytes: 12_288 } });
    expect(facts.sysctls['net.ipv4.ip_forward']).toEqual({ known: true, value: 1 });
    expect(facts.cards).toEqual({ known: true, value: [{ iface: 'eth0', driver: 'vmxnet3', checksumOffload: true }] });
  });

  test('are links with their kind, and VXLAN devices in the namespace of the host', () => {
    const { links } = parsed();
    expect(links.known && links.value.map(({ iface, kind, mac, vxlan }) => [iface, kind, mac, vxlan])).toEqual([
      ['lo', null, null, null],
      ['eth0', 'veth', '02:4f:4c:00:00:01', null],
      ['vx-001001-abcde', 'vxlan', '2a:00:00:00:00:01', { id: 4097, port: 4789 }],
    ]);
  });

  test('are routes of every table, without those that lead nowhere', () => {
    expect(parsed().routes).toEqual({
      known: true,
      value: [
        { to: '10.79.0.0/24', dev: 'eth0', table: 'main' },
        { to: '10.8.0.1/32', dev: 'tun0', table: '200' },
      ],
    });
  });

  test('are ports with who holds them, also where only /proc can be read', () => {
    expect(parsed().ports).toEqual({
      known: true,
      value: [
        { proto: 'tcp', port: 22, address: '0.0.0.0', program: 'sshd' },
        { proto: 'udp', port: 4789, address: '0.0.0.0', program: null },
      ],
    });
    const sockets = 'udp:  12: 00000000:1F0A 00000000:0000 07 00000000:00000000 00:00000000 00000000 0';
    expect(parsed({ sockets }).ports).toMatchObject({ value: [{ proto: 'udp', port: 7946, program: null }] });
  });

  test('that need root are unknown without it, and never "no"', () => {
    const { features, root } = parsed({ user: '1000', features: '' });
    expect(root).toBe(false);
    expect(features.vxlan).toEqual({ known: false, reason: 'trying it needs root' });
    expect(features.ip_vs).toEqual({ known: true, value: false });
    expect(features.esp).toEqual({ known: false, reason: 'no network is encrypted' });
  });

  test('that a tool is missing for are unknown with its name', () => {
    const { features } = parsed({ features: 'xt_ipvs unknown there is no iptables command' });
    expect(features.xt_ipvs).toEqual({ known: false, reason: 'there is no iptables command' });
  });

  test('are none when the script did not come to its end', () => {
    expect(parseBattery('@@clock\n1795631557.1\n', { sentAtMs: 0, arrivedAtMs: 0 }, { esp: false })).toBeNull();
  });
});

test('addresses of others answer or not, and where there is no route there is no source', () => {
  expect(parseReach('10.79.0.2 yes 10.79.0.1\n10.78.255.2 no \n@@end\n')).toEqual({
    '10.79.0.2': { answers: true, source: '10.79.0.1' },
    '10.78.255.2': { answers: false, source: null },
  });
});
