import { expect, test } from 'vitest';
import { inspectionLines } from './inspection-view.ts';

test('one merged view over all hosts; a host that could not be asked says why', () => {
  const lines = inspectionLines({
    at: '2026-10-04T08:00:00Z',
    name: 'my_overlay_network',
    id: 'k3x9',
    driver: 'overlay',
    attachable: true,
    internal: false,
    encrypted: false,
    enableIpv6: false,
    mtu: 1450,
    vxlanIds: [4097],
    labels: { 'io.flotilla.cluster': 'demo' },
    subnets: [{ subnet: '10.200.1.0/24', gateway: '10.200.1.1', ipRange: null, freeAddresses: 246 }],
    virtualIps: [],
    endpoints: [
      { name: 'nginx-service.2', kind: 'task', host: 'h2', address: '10.200.1.6/24', mac: '02:42:0a:c8:01:06' },
      { name: 'nginx-service.1', kind: 'task', host: 'h1', address: '10.200.1.5/24', mac: null },
    ],
    hosts: {
      h1: { known: true, value: { present: true, peers: ['h2'] } },
      h2: { known: true, value: { present: false, peers: [] } },
      h3: { known: false, reason: 'SSH to h3 timed out' },
    },
  });
  expect(lines).toEqual([
    'my_overlay_network k3x9',
    'driver      overlay',
    'attachable  yes',
    'encrypted   no',
    'internal    no',
    'IPv6        no',
    'MTU         1450',
    'VXLAN id    4097',
    'labels      io.flotilla.cluster=demo',
    '',
    'Subnets',
    'SUBNET         GATEWAY     IP RANGE  FREE',
    '10.200.1.0/24  10.200.1.1  -          246',
    '',
    'Endpoints (2)',
    'HOST  NAME             KIND  ADDRESS        MAC',
    'h1    nginx-service.1  task  10.200.1.5/24  -',
    'h2    nginx-service.2  task  10.200.1.6/24  02:42:0a:c8:01:06',
    '',
    'Hosts',
    'HOST  PRESENT    PEERS',
    'h1    yes        1 peer: h2',
    'h2    no         not visible here until something on the host uses it',
    'h3    not known  SSH to h3 timed out',
  ]);
});
