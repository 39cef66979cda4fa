import { describe, expect, it } from 'vitest';
import { rulesOf } from './firewall.ts';
import type { ActiveFault } from './types.ts';

const addressOf = (host: string): string => `10.79.0.${host.slice(1)}`;
const both = (fault: ActiveFault): string[] => [
  ...rulesOf(fault, 'in', addressOf),
  ...rulesOf(fault, 'out', addressOf),
];

describe('rules of a blocked port', () => {
  it('drop both ways unless a direction is named', () => {
    expect(both({ name: 'vxlan', options: {} })).toEqual([
      '-A FLOTILLA-LAB-IN -p udp --dport 4789 -j DROP',
      '-A FLOTILLA-LAB-OUT -p udp --dport 4789 -j DROP',
    ]);
    expect(both({ name: 'vxlan', options: { direction: 'out' } })).toEqual([
      '-A FLOTILLA-LAB-OUT -p udp --dport 4789 -j DROP',
    ]);
  });

  it('hit one peer as source or as destination', () => {
    expect(both({ name: 'gossip-udp', options: { peer: 'h3' } })).toEqual([
      '-A FLOTILLA-LAB-IN -s 10.79.0.3 -p udp --dport 7946 -j DROP',
      '-A FLOTILLA-LAB-OUT -d 10.79.0.3 -p udp --dport 7946 -j DROP',
    ]);
  });

  it('refuse in the protocol’s own way', () => {
    expect(both({ name: 'gossip', options: { direction: 'in', reject: true } })).toEqual([
      '-A FLOTILLA-LAB-IN -p tcp --dport 7946 -j REJECT --reject-with tcp-reset',
      '-A FLOTILLA-LAB-IN -p udp --dport 7946 -j REJECT',
    ]);
  });

  it('know ESP, which has no ports', () => {
    expect(both({ name: 'port', options: { direction: 'in', port: 'esp' } })).toEqual([
      '-A FLOTILLA-LAB-IN -p esp -j DROP',
    ]);
  });

  it('are none for faults of another kind', () => {
    expect(both({ name: 'link-down', options: {} })).toEqual([]);
  });
});
