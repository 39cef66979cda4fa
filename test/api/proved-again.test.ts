import { expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { bareHosts } from '#core/testing/observations.ts';
import type { Observation } from '#core/observation.ts';
import { afterwards } from '#core/testing/simulate.ts';
import { specSchema } from '#core/spec/spec.ts';
import { apply, cluster, demoProposed, demoSpec, verify } from './demo.ts';
import { admin, worker, world, worldForEachTest } from './the-world.ts';

/** An apply with nothing left to do is no success as long as what runs was never proved. */
worldForEachTest(() => demoProposed(admin));

const failedProof = { code: 'verification_failed', message: 'Packets are lost.' };

/** Applies the demo spec up to a verification that fails; gives what is there then. */
async function unproved(): Promise<{ id: string; observation: Observation }> {
  const bare = bareHosts('h1', 'h2', 'h3');
  const { id } = await apply(world.admin);
  const lease = await worker.take(id);
  const answer = await worker.observe(bare);
  if (answer.kind !== 'planned') throw new Error('refused');
  const steps = answer.plan.steps.filter(({ kind }) => kind !== 'verify');
  await worker.runSteps({ ...answer.plan, steps });
  const outcome = { kind: 'failed' as const, error: failedProof, findings: [] };
  await worker.tell({ type: 'step-ended', step: 'verify', outcome, ms: 5 });
  await worker.end('failed', 'verification_failed');
  const input = {
    cluster,
    record: { swarmId: null, nodes: {} },
    hosts: lease.hosts,
    base: null,
    revision: 1,
    spec: specSchema.parse(demoSpec),
    decisions: answer.plan.decisions,
    observation: bare,
  };
  return { id, observation: afterwards(input, answer.plan).observation };
}

const kindsOf = async (operation: string, observation: Observation): Promise<string[]> => {
  const answer = await worker.run(operation, observation);
  if (answer.kind !== 'planned') throw new Error(answer.kind);
  return answer.plan.steps.map(({ kind }) => kind);
};

test('the retry of an apply whose verification failed verifies again, and the one after that has nothing to do', async () => {
  const { id, observation } = await unproved();
  const retry = await unwrap(world.admin.v1.operations[':id'].retry.$post({ param: { id }, json: {} }));
  expect(await kindsOf(retry.id, observation)).toEqual(['verify']);
  expect(await kindsOf((await apply(world.admin)).id, observation)).toEqual([]);
});

test('a verification of the whole cluster that passes is proof enough', async () => {
  const { observation } = await unproved();
  await worker.take((await verify(world.admin)).id);
  await worker.end();
  expect(await kindsOf((await apply(world.admin)).id, observation)).toEqual([]);
});

test('a verification that fails later asks for another as well', async () => {
  const { id, observation } = await unproved();
  const retry = await unwrap(world.admin.v1.operations[':id'].retry.$post({ param: { id }, json: {} }));
  await kindsOf(retry.id, observation);
  await worker.take((await verify(world.admin)).id);
  await worker.end('failed', 'verification_failed');
  expect(await kindsOf((await apply(world.admin)).id, observation)).toEqual(['verify']);
});
