import { describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import type { HoldRequest } from '#core/access/contract.ts';
import { bareHosts } from '#core/testing/observations.ts';
import { apply, cluster, plan, show } from './demo.ts';
import { bob, decidingForEachTest, eve, olga } from './deciding.ts';
import { setPolicy, type Someone } from './people.ts';
import { worker, world } from './the-world.ts';

const bare = bareHosts('h1', 'h2', 'h3');
decidingForEachTest();

const hold = (who: Someone, kind: 'lock' | 'freeze', some: Partial<HoldRequest> = {}) =>
  unwrap(who.api.v1.holds.$post({ json: { kind, cluster, reason: 'a release', ...some } }));
const release = (who: Someone, kind: 'lock' | 'freeze', force = false) =>
  unwrap(who.api.v1.holds.end.$post({ json: { kind, cluster, force } }));
const noticesOf = async (who: Someone) => (await unwrap(who.api.v1.notices.$get({ query: {} }))).items;
const breakGlass = (who: Someone, confirm = cluster) =>
  unwrap(who.api.v1['break-glass'].$post({ json: { cluster, confirm, reason: 'the shop is down' } }));

describe('a lock', () => {
  test('keeps others from changing the cluster, says who and why and until when, and not from looking', async () => {
    const { expiresAt } = await hold(olga, 'lock', { protects: 'shop 2.0' });
    const refusal = await apply(bob.api).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'locked' });
    for (const word of ['olga', 'a release', 'shop 2.0', expiresAt]) expect(String(refusal)).toContain(word);
    await expect(plan(bob.api)).resolves.toMatchObject({ state: 'queued' });
    await expect(apply(olga.api)).resolves.toMatchObject({ state: 'queued' });
  });

  test('that comes before the plan is accepted stops what was asked for before it', async () => {
    const { id } = await apply(bob.api);
    await hold(olga, 'lock');
    await worker.take(id);
    await expect(worker.observe(bare)).resolves.toMatchObject({ kind: 'refused', error: { code: 'locked' } });
    expect(await show(bob.api, id)).toMatchObject({ state: 'blocked' });
  });

  test('is taken over or ended by others only when they mean it and may, and its owner is told', async () => {
    await hold(olga, 'lock');
    await expect(hold(bob, 'lock')).rejects.toMatchObject({ code: 'locked' });
    await expect(release(bob, 'lock')).rejects.toMatchObject({ code: 'locked' });
    await expect(hold(bob, 'lock', { takeOver: true })).resolves.toMatchObject({ ownerName: 'bob' });
    expect(await noticesOf(olga)).toMatchObject([{ kind: 'lock.taken-over' }]);
    await expect(hold(olga, 'lock', { takeOver: true })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(release(bob, 'lock')).resolves.toMatchObject({ endedAt: expect.any(String) });
    await expect(apply(olga.api)).resolves.toBeDefined();
  });

  test('reminds its owner before it ends by itself, once, and then is no more', async () => {
    await hold(olga, 'lock', { minutes: 15 });
    world.advance(6 * 60_000);
    await world.api.sweep();
    await world.api.sweep();
    expect(await noticesOf(olga)).toMatchObject([{ kind: 'lock.ends' }]);
    world.advance(10 * 60_000);
    await expect(apply(bob.api)).resolves.toBeDefined();
    await expect(hold(bob, 'lock')).resolves.toMatchObject({ ownerName: 'bob' });
  });
});

describe('break-glass', () => {
  test('passes approvals and a freeze, tells who was passed over, and must be reviewed by another person', async () => {
    await setPolicy(world, { approvals: [{ low: 1 }] });
    await hold(eve, 'freeze');
    await expect(apply(bob.api)).rejects.toMatchObject({ code: 'locked' });
    await expect(breakGlass(bob, 'demmo')).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(breakGlass(olga)).rejects.toMatchObject({ code: 'forbidden' });
    const can = () => unwrap(bob.api.v1.can.$get({ query: { verb: 'apply', cluster } }));
    await expect(can()).resolves.toMatchObject({ approvals: expect.stringContaining('low 1'), holds: [{}] });
    const grant = await breakGlass(bob);
    await expect(can()).resolves.toMatchObject({
      approvals: expect.stringMatching(/^approvals: none until .*: the shop is down\.$/),
      holds: [],
    });
    const { id } = await apply(bob.api);
    await expect(worker.run(id, bare)).resolves.toMatchObject({ kind: 'planned' });
    const kinds = (await noticesOf(eve)).map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['break-glass.opened', 'break-glass.used']));
    const { items } = await unwrap(world.admin.v1.audit.$get({ query: { action: 'break-glass.used' } }));
    expect(items).toMatchObject([
      { operation: id, details: { skippedApprovals: 1, skippedFreezes: [expect.any(String)] } },
    ]);
    await expect(breakGlass(bob)).rejects.toMatchObject({ code: 'conflict' });
    const review = (who: Someone) => {
      const json = { review: 'right, it was down' };
      return unwrap(who.api.v1['break-glass'][':grant'].review.$post({ param: { grant: grant.id }, json }));
    };
    await expect(review(bob)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(review(eve)).resolves.toMatchObject({ reviewedBy: { name: 'eve' } });
    await expect(apply(bob.api)).rejects.toMatchObject({ code: 'locked' });
    await expect(breakGlass(bob)).resolves.toBeDefined();
  });

  test("does not pass another person's lock, and ends by itself", async () => {
    await hold(olga, 'lock');
    await breakGlass(bob);
    await expect(apply(bob.api)).rejects.toMatchObject({ code: 'locked' });
    await release(olga, 'lock');
    await setPolicy(world, { approvals: [{ low: 1 }] });
    const { id } = await apply(bob.api);
    world.advance(31 * 60_000);
    await worker.take(id);
    await expect(worker.observe(bare)).resolves.toMatchObject({ kind: 'waiting' });
  });
});
