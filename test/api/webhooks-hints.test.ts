import { expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import type { Observation } from '#core/observation.ts';
import { known } from '#core/observed.ts';
import { bareHosts } from '#core/testing/observations.ts';
import { simulate } from '#core/testing/simulate.ts';
import { addHosts, apply, cluster, propose } from './demo.ts';
import { addSource, demoWithWeb, digest, taken } from './hooks.ts';
import { worker, world, worldForAllTests } from './the-world.ts';

/* Docker Hub signs nothing: that a tag is new is taken as a reason to look, and what it is said to be is not believed. */

let observed: Observation = bareHosts('h1', 'h2', 'h3');
worldForAllTests(async () => {
  await addHosts(world.admin, 'h1', 'h2', 'h3');
  await propose(world.admin, demoWithWeb);
  await run((await apply(world.admin)).id, 'a1');
});

/** Runs an operation where the registry gives this digest for the tag; what it changed, in words. */
async function run(operation: string, pair: string): Promise<string[]> {
  const answer = await worker.run(operation, { ...observed, images: { 'acme/web:1': known(digest(pair)) } });
  if (answer.kind !== 'planned') throw new Error('refused');
  observed = simulate(answer.plan.steps, observed);
  return answer.plan.steps.flatMap((step) => (step.kind === 'update-service' ? step.args.changes : []));
}

test('a hint that a tag is new runs what the registry says, and nothing where it has not moved', async () => {
  const command = 'service update web --image acme/web:{tag}';
  const rules = [{ event: 'image', repository: 'acme/web', cluster, command }];
  const { source } = await addSource(world, 'hub', { kind: 'dockerhub', rules });
  const hinted = async (pushedAt: number): Promise<string> => {
    const body = JSON.stringify({
      push_data: { tag: '1', pushed_at: pushedAt, digest: digest('ee') },
      repository: { repo_name: 'acme/web' },
    });
    const headers = { 'content-type': 'application/json' };
    const answer = await taken(
      world,
      new Request(`http://flotilla.test${source.path}`, { method: 'POST', headers, body }),
    );
    return answer.operation ?? '';
  };
  expect(await run(await hinted(1), 'b2')).toEqual([`image acme/web:1@${digest('a1')} → acme/web:1@${digest('b2')}`]);
  expect(await run(await hinted(2), 'b2')).toEqual([]);
  const { items } = await unwrap(world.admin.v1.clusters[':cluster'].revisions.$get({ param: { cluster }, query: {} }));
  expect(items.filter(({ state }) => state === 'current')).toHaveLength(1);
});
