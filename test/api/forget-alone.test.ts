import { beforeEach, describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { bareHosts, swarmId } from '#core/testing/observations.ts';
import { apply, cluster } from './demo.ts';
import { bob, decidingForEachTest, eve, olga } from './deciding.ts';
import { setPolicy, type Someone } from './people.ts';
import { worker, world } from './the-world.ts';

/** A managed cluster is let go by one person only where nobody has to approve what is critical. */
decidingForEachTest(async () => {
  const { id } = await apply(world.admin);
  await worker.take(id);
  const planned = await worker.observe(bareHosts('h1', 'h2', 'h3'));
  await worker.tell({ type: 'swarm', swarmId, nodes: { h1: 'node-h1', h2: 'node-h2', h3: 'node-h3' } });
  if (planned.kind === 'planned') await worker.runSteps(planned.plan);
  await worker.end();
});

const forget = (who: Someone) => unwrap(who.api.v1.clusters[':cluster'].$delete({ param: { cluster } }));
const mode = async () => (await unwrap(world.admin.v1.clusters[':cluster'].$get({ param: { cluster } }))).mode;
const breakGlass = (who: Someone) =>
  unwrap(who.api.v1['break-glass'].$post({ json: { cluster, confirm: cluster, reason: 'it moves to another plane' } }));
const freeze = (who: Someone) =>
  unwrap(who.api.v1.holds.$post({ json: { kind: 'freeze', cluster, reason: 'the holidays' } }));
const lock = (who: Someone) => unwrap(who.api.v1.holds.$post({ json: { kind: 'lock', cluster, reason: 'a release' } }));
const noticesOf = async (who: Someone) => (await unwrap(who.api.v1.notices.$get({ query: {} }))).items;

test('nobody has to be asked where the policy asks for nothing, here or on what is critical', async () => {
  await setPolicy(world, {
    approvals: [
      { clusters: ['prod*'], critical: 2 },
      { medium: 1, high: 1, critical: 0 },
    ],
  });
  await expect(forget(olga)).resolves.toEqual({ forgotten: cluster });
  expect(await mode()).toBe('adopted');
});

describe('where others have to approve what is critical', () => {
  beforeEach(() => setPolicy(world, { approvals: [{ low: 0, medium: 0, high: 0, critical: 2 }] }));

  test('one person is refused, is told the way, and nothing was changed', async () => {
    await expect(forget(olga)).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining(
        `To let go of ${cluster} counts as critical, which 2 other persons have to approve`,
      ),
      done: 'Nothing was changed.',
      next: expect.stringContaining(`flotilla break-glass use ${cluster} --confirm ${cluster}`),
    });
    expect(await mode()).toBe('managed');
  });

  test('break-glass passes, a freeze too; the others are told, and the record has how many were passed over', async () => {
    await freeze(eve);
    await expect(forget(bob)).rejects.toMatchObject({ code: 'locked' });
    await breakGlass(bob);
    // It is good for whom it was given to.
    await expect(forget(olga)).rejects.toMatchObject({ code: 'locked' });
    await expect(forget(bob)).resolves.toEqual({ forgotten: cluster });
    expect(await mode()).toBe('adopted');
    const told = (await noticesOf(eve)).find(({ kind }) => kind === 'break-glass.used');
    expect(told).toMatchObject({
      cluster,
      message: expect.stringContaining(`bob used break-glass to let go of ${cluster}`),
    });
    const { items } = await unwrap(world.admin.v1.audit.$get({ query: { action: 'break-glass.used' } }));
    expect(items).toMatchObject([
      {
        operation: null,
        cluster,
        details: { risk: 'critical', skippedApprovals: 2, skippedFreezes: [expect.any(String)] },
      },
    ]);
  });

  test("break-glass does not pass another person's lock, nor is it good when it is over", async () => {
    await breakGlass(bob);
    await lock(olga);
    await expect(forget(bob)).rejects.toMatchObject({ code: 'locked' });
    await unwrap(olga.api.v1.holds.end.$post({ json: { kind: 'lock', cluster, force: false } }));
    world.advance(61 * 60_000);
    await expect(forget(bob)).rejects.toMatchObject({ code: 'forbidden' });
  });
});
