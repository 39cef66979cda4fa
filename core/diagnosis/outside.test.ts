import { expect, test } from 'vitest';
import { rootCausesOf } from '../causes/finding-of.ts';
import { known, unknown } from '../observed.ts';
import { between, lookAt, symptomsOf } from '../testing/symptoms.ts';
import { diagnose } from './diagnose.ts';
import type { HostLook, Symptoms } from './symptoms.ts';

function outside(host: string): HostLook {
  const look = lookAt(host);
  if (!look.engine.known) throw new Error('not seen');
  const swarm = { ...look.engine.value.swarm, state: 'inactive' as const, nodeId: null };
  return { ...look, engine: known({ ...look.engine.value, swarm }) };
}
const symptoms = (more: Partial<Symptoms> = {}): Symptoms =>
  symptomsOf({
    hosts: { ...symptomsOf().hosts, h3: outside('h3') },
    checks: between('gossip-tcp', (_, to) => to === 'h3'),
    ...more,
  });
const causes = (of: Symptoms): string[] =>
  rootCausesOf(diagnose(of)).map(({ id, hosts }) => `${id} ${hosts.join('+')}`);

test('a host that should be a node and is in no swarm is told so, and no port of it is blamed', () => {
  expect(causes(symptoms())).toEqual(['not-in-swarm h3']);
});

test('where no manager could tell, that comes first', () => {
  expect(causes(symptoms({ swarm: unknown('no manager answers') })).map((one) => one.split(' ')[0])).not.toContain(
    'not-in-swarm',
  );
});
