import { describe, expect, test } from 'vitest';
import { blockingRules } from './firewall-rules.ts';

const vxlan = { proto: 'udp', port: 4789 } as const;
const saved = (...lines: string[]): string => ['*filter', ...lines, 'COMMIT'].join('\n');

describe('rules that stop a port', () => {
  test('are found in the chains that INPUT and OUTPUT call, with what they counted', () => {
    const text = saved(
      ':INPUT ACCEPT [9:900]',
      '[9:900] -A INPUT -j OURS',
      '[3:120] -A OURS -p udp -m udp --dport 4789 -j DROP',
      '[0:0] -A OTHER -p udp -m udp --dport 4789 -j DROP',
      '[2:80] -A OUTPUT -d 10.79.0.3/32 -p udp -m udp --dport 4789 -j REJECT --reject-with icmp-port-unreachable',
    );
    expect(blockingRules(text, vxlan)).toEqual([
      { side: 'in', text: '-A OURS -p udp -m udp --dport 4789 -j DROP', packets: 3, other: null },
      {
        side: 'out',
        text: '-A OUTPUT -d 10.79.0.3/32 -p udp -m udp --dport 4789 -j REJECT --reject-with icmp-port-unreachable',
        packets: 2,
        other: '10.79.0.3/32',
      },
    ]);
  });

  test('are not those of other ports, other protocols or what is established', () => {
    const text = saved(
      '[1:1] -A INPUT -p tcp -m tcp --dport 4789 -j DROP',
      '[1:1] -A INPUT -p udp -m udp --dport 7946 -j DROP',
      '[1:1] -A INPUT -m conntrack --ctstate INVALID -j DROP',
    );
    expect(blockingRules(text, vxlan)).toEqual([]);
  });

  test('are a list of what may pass and the end that drops the rest', () => {
    const text = saved(
      ':INPUT ACCEPT [0:0]',
      '[9:9] -A INPUT -p tcp -m multiport --dports 22,2377,7946 -j ACCEPT',
      '[4:4] -A INPUT -j REJECT --reject-with icmp-host-prohibited',
    );
    expect(blockingRules(text, vxlan).map((rule) => rule.text)).toEqual([
      '-A INPUT -j REJECT --reject-with icmp-host-prohibited',
    ]);
    expect(blockingRules(text, { proto: 'tcp', port: 7946 })).toEqual([]);
  });

  test('are the policy of a chain that nothing accepts', () => {
    const closed = saved(':INPUT DROP [7:700]', '[1:1] -A INPUT -p tcp -m tcp --dport 22 -j ACCEPT');
    expect(blockingRules(closed, vxlan)).toEqual([
      { side: 'in', text: 'policy DROP of INPUT', packets: 7, other: null },
    ]);
    const open = saved(':INPUT DROP [7:700]', '[1:1] -A INPUT -p udp -m udp --dport 4000:5000 -j ACCEPT');
    expect(blockingRules(open, vxlan)).toEqual([]);
  });

  test('of ESP name the protocol by word or number', () => {
    const esp = { proto: 'esp', port: null } as const;
    expect(blockingRules(saved('[1:1] -A INPUT -p esp -j DROP'), esp)).toHaveLength(1);
    expect(blockingRules(saved('[1:1] -A INPUT -p udp --dport 4789 -j DROP'), esp)).toEqual([]);
  });
});
