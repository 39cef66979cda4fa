import { expect, test } from 'vitest';
import { parseEvidence, redacted } from './evidence.ts';

const output = `@@forward
0
@@firewall
*filter
:INPUT ACCEPT [0:0]
[7:700] -A INPUT -p udp -m udp --dport 4789 -j DROP
COMMIT
@@firewall-read
@@addresses
1: lo: <LOOPBACK,UP> mtu 65536 qdisc noqueue
    inet 127.0.0.1/8 scope host lo
2: eth0@if5: <BROADCAST,UP> mtu 1400 qdisc noqueue
    inet 10.0.0.2/24 scope global eth0
@@routes
10.0.0.1 10.0.0.1 dev eth0 src 10.0.0.102 uid 0
@@overlays
namespace 1-abcdef0123
9: vxlan0@if9: <BROADCAST,UP> mtu 1450
    RX: bytes  packets  errors  dropped
    840        10       0       0
    TX: bytes  packets  errors  dropped
    1680       20       0       0
@@xfrm
src 10.0.0.2 dst 10.0.0.1
	proto esp spi 0xa1b2c3d4(2712847316) reqid 0(0x00000000) mode transport
	  840(bytes), 10(packets)
@@counters-read
@@features
esp no RTNETLINK answers: Function not implemented
@@log
level=warning msg="Failed Adding rSA{Key: 0xdeadbeef}: function not implemented"
@@end`;

test('what a host shows is read section by section', () => {
  expect(parseEvidence(output)).toEqual({
    firewall: {
      known: true,
      value: '*filter\n:INPUT ACCEPT [0:0]\n[7:700] -A INPUT -p udp -m udp --dport 4789 -j DROP\nCOMMIT',
    },
    ipForward: { known: true, value: false },
    evidence: {
      addresses: [{ iface: 'eth0', address: '10.0.0.2', mtu: 1400 }],
      sources: { '10.0.0.1': '10.0.0.102' },
      counters: {
        known: true,
        value: {
          overlays: [{ network: 'abcdef0123', received: 10, sent: 20 }],
          xfrm: [{ from: '10.0.0.2', to: '10.0.0.1', spi: '0xa1b2c3d4', bytes: 840 }],
        },
      },
      esp: { known: true, value: false },
      log: ['level=warning msg="Failed Adding rSA{Key: … function not implemented"'],
    },
  });
});

test('rules, counters and encryption that could not be read are unknown, not none', () => {
  const seen = parseEvidence('@@firewall\n@@addresses\n@@overlays\n@@xfrm\n@@end');
  expect(seen?.firewall).toMatchObject({ known: false });
  expect(seen?.evidence.counters).toMatchObject({ known: false });
  expect(seen?.evidence.esp).toMatchObject({ known: false });
});

test('an output that broke off says nothing', () => {
  expect(parseEvidence(output.replace('@@end', ''))).toBeNull();
});

test.each([
  'Failed Adding rSA{Src: 10.0.0.1 Key: 0x1a2b3c4d5e6f}',
  'gossip key: 1a2b3c4d5e6f7a8b9c0d1a2b3c4d5e6f set',
  'keys: [12 34 56 78 90]',
  'join with SWMTKN-1-1a2b3c-4d5e6f',
])('no key gets through: %s', (line) => {
  expect(redacted(line)).not.toMatch(/1a2b3c|12 34|4d5e6f/);
});
