import { expect, test } from 'vitest';
import type { Observation } from '../observation.ts';
import { parseSpec } from '../spec/parse.ts';
import type { Spec } from '../spec/spec.ts';
import { bareHosts, host, recordOf, withSystem } from '../testing/observations.ts';
import { randomSpec } from '../testing/random-spec.ts';
import { simulate } from '../testing/simulate.ts';
import type { PlanInput } from './input.ts';
import { planCluster } from './plan-cluster.ts';

const hosts = ['h1', 'h2', 'h3', 'h4'];

/** What a change from one valid spec to another may be refused for; anything else is a fault of the planner. */
const refusals = new Set(['network-change', 'subnet-taken', 'ports-swapped', 'node-not-active']);

/** Plans a spec, carries it out, and plans again; gives what the engines say then and what was refused. */
async function applied(input: PlanInput): Promise<{ observation: Observation; refused: string[] }> {
  const planned = await planCluster(input);
  if (planned.kind === 'refused')
    return { observation: input.observation, refused: planned.findings.map(({ id }) => id) };
  const observation = simulate(planned.plan.steps, input.observation);
  const again = await planCluster({
    ...input,
    observation,
    record: recordOf(observation),
    decisions: planned.plan.decisions,
  });
  expect({ spec: input.spec, again }).toMatchObject({ again: { kind: 'planned', plan: { steps: [], risk: 'read' } } });
  // Even with nothing on record but the swarm, what runs must not be taken for something else.
  const forgotten = await planCluster({ ...input, observation, record: recordOf(observation), decisions: [] });
  expect({ spec: input.spec, forgotten }).toMatchObject({ forgotten: { kind: 'planned', plan: { steps: [] } } });
  return { observation, refused: [] };
}

test('whatever is planned and carried out has nothing left to do, from bare hosts through five changes', async () => {
  const outcomes = { planned: 0, refused: 0 };
  for (let seed = 1; seed <= 60; seed += 1) {
    let observation = bareHosts(...hosts);
    if (seed % 2 === 0) observation = hosts.reduce((now, name) => withSystem(now, name, { ipVs: true }), observation);
    for (let revision = 1; revision <= 6; revision += 1) {
      const result = await applied(inputFor(randomSpec(seed * 100 + revision), observation, revision));
      expect(result.refused.filter((id) => !refusals.has(id))).toEqual([]);
      outcomes[result.refused.length === 0 ? 'planned' : 'refused'] += 1;
      observation = result.observation;
    }
  }
  // The test is worth something only while most changes are carried out.
  expect(outcomes.planned).toBeGreaterThan(outcomes.refused);
});

test('the same input gives the same plan and the same digest', async () => {
  const input = inputFor(randomSpec(7), bareHosts(...hosts), 1);
  expect(await planCluster(structuredClone(input))).toEqual(await planCluster(input));
});

function inputFor(input: unknown, observation: Observation, revision: number): PlanInput {
  return {
    cluster: 'demo',
    record: recordOf(observation),
    hosts: hosts.map((name) => host(name)),
    base: revision === 1 ? null : revision - 1,
    revision,
    spec: valid(input),
    decisions: [],
    observation,
  };
}

function valid(input: unknown): Spec {
  const parsed = parseSpec(input);
  if (!parsed.ok) throw new Error(JSON.stringify({ input, issues: parsed.issues }));
  return parsed.spec;
}
