import { expect, test } from 'vitest';
import type { NodeFacts, Observation } from '#core/observation.ts';
import { known, unknown } from '#core/observed.ts';
import { newcomerAmong } from './newcomer.ts';

const newcomer = { host: 'h2', role: 'worker', hostname: 'h2', address: '10.79.0.2' } as const;
const node = (id: string, fields: Partial<NodeFacts> = {}): NodeFacts => ({
  id,
  hostname: 'h2',
  role: 'worker',
  availability: 'active',
  state: 'ready',
  addr: '10.79.0.2',
  leader: false,
  labels: {},
  ...fields,
});

/** The swarm as it was when the run observed: not there yet, or with these nodes. */
function seen(listed: NodeFacts[] | null): Observation {
  const at = '2026-01-01T00:00:00.000Z';
  if (listed === null) return { at, hosts: {}, swarm: known(null) };
  const swarm = { id: 's', labels: {}, manager: 'h1', dataPathPort: 4789, addressPools: [], subnetSize: 24 };
  return { at, hosts: {}, swarm: known({ ...swarm, nodes: listed, networks: [], services: [] }) };
}
const among = (nodes: NodeFacts[], before: NodeFacts[] | null = null, ids: Record<string, string> = {}) =>
  newcomerAmong(nodes, { seenJustNow: seen(before), nodes: new Map(Object.entries(ids)) }, newcomer);

test('a new ready node with the name and the address of the host is that host', () => {
  expect(among([node('a', { hostname: 'h1', addr: '10.79.0.1' }), node('b')])).toMatchObject({ id: 'b' });
});

test('one that is not listed or not ready yet is asked for again', () => {
  expect(among([node('a', { hostname: 'h1' })])).toBeUndefined();
  expect(among([node('b', { state: 'unknown' })])).toBeUndefined();
});

test('a node that was listed before the host joined is its predecessor, however ready it looks', () => {
  expect(among([node('old')], [node('old')])).toBeUndefined();
  expect(among([node('old'), node('b')], [node('old')])).toMatchObject({ id: 'b' });
});

test('another address, another role, two at once: only the engine itself can say', () => {
  expect(among([node('b', { addr: '192.0.2.1' })])).toBe('unclear');
  expect(among([node('b', { role: 'manager' })])).toBe('unclear');
  expect(among([node('b'), node('c')])).toBe('unclear');
});

test('a node that another host has is not taken, the own one of before may come back', () => {
  expect(among([node('b')], null, { h3: 'b' })).toBeUndefined();
  expect(among([node('b')], null, { h2: 'b' })).toMatchObject({ id: 'b' });
});

test('without a fresh look at the swarm a list proves nothing', () => {
  const nodes = new Map<string, string>();
  expect(newcomerAmong([node('b')], { seenJustNow: null, nodes }, newcomer)).toBe('unclear');
  const unseen: Observation = { at: '', hosts: {}, swarm: unknown('no manager answers') };
  expect(newcomerAmong([node('b')], { seenJustNow: unseen, nodes }, newcomer)).toBe('unclear');
});
