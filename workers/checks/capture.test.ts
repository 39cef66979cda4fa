import { expect, test } from 'vitest';
import { parseCapture } from './capture.ts';

const output = `tcpdump: data link type LINUX_SLL2
tcpdump: verbose output suppressed, use -v[v]... for full protocol decode
listening on any, link-type LINUX_SLL2 (Linux cooked v2), snapshot length 262144 bytes
19:01:00.123456 eth0  In  IP 10.0.0.1.43210 > 10.0.0.2.4789: UDP, length 106
IP 10.200.1.4 > 10.200.1.5: ICMP echo request, id 1, seq 1, length 64
19:01:00.223456 eth0  In  IP 10.0.0.1.43210 > 10.0.0.2.4789: UDP, length 106
19:01:00.323456 eth0  Out IP 10.0.0.2.5555 > 10.0.0.3.4789: UDP, length 106
19:01:00.423456 eth0  In  IP 10.0.0.3 > 10.0.0.2: ESP(spi=0x1,seq=0x1), length 100`;

test('packets are counted by the outer addresses', () => {
  expect(parseCapture(output, 4789)).toEqual({
    known: true,
    value: [
      { from: '10.0.0.1', to: '10.0.0.2', packets: 2 },
      { from: '10.0.0.2', to: '10.0.0.3', packets: 1 },
      { from: '10.0.0.3', to: '10.0.0.2', packets: 1 },
    ],
  });
});

test('without the right to capture nothing was seen, which is not the same as no packets', () => {
  const refused = "tcpdump: any: You don't have permission to perform this capture on that device";
  expect(parseCapture(refused, 4789)).toMatchObject({ known: false, reason: refused });
  expect(parseCapture('', 4789)).toMatchObject({ known: false });
});
