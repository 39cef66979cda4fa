import { expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { bareHosts } from '#core/testing/observations.ts';
import { addHosts, apply, cluster, show } from './demo.ts';
import { bob, decidingForEachTest, eve, olga } from './deciding.ts';
import { approve, deny, setPolicy, type Someone } from './people.ts';
import { worker, world } from './the-world.ts';

/* What changes one host and has no plan (an engine that restarts, a host that is cleaned) is approved like a plan. */

decidingForEachTest(async () => {
  await worker.run((await apply(world.admin)).id, bareHosts('h1', 'h2', 'h3'));
});

const restart = async (who: Someone, name = 'h2'): Promise<string> =>
  (await unwrap(who.api.v1.hosts[':name']['restart-engine'].$post({ param: { name }, json: { reason: 'stuck' } }))).id;
const clean = async (who: Someone, name = 'h2'): Promise<string> =>
  (await unwrap(who.api.v1.hosts[':name'].clean.$post({ param: { name }, json: {} }))).id;

test('without a policy it runs at once', async () => {
  const id = await restart(olga);
  await expect(worker.take(id)).resolves.toMatchObject({ operation: { id } });
  await worker.end();
  expect(await show(olga.api, id)).toMatchObject({ state: 'succeeded', approval: null });
});

test('a restart waits for as many others as its risk asks for: one for a worker, two for a manager', async () => {
  await setPolicy(world, { approvals: [{}] });
  for (const [host, risk, others] of [
    ['h2', 'medium', [bob]],
    ['h1', 'high', [bob, eve]],
  ] as const) {
    const id = await restart(olga, host);
    await expect(worker.take(id)).rejects.toMatchObject({ code: 'busy' });
    const view = await show(olga.api, id);
    expect(view).toMatchObject({ state: 'awaiting-approval', approval: { risk, required: others.length } });
    const { items } = await unwrap(bob.api.v1.notices.$get({ query: {} }));
    expect(items[0]?.message).toContain(`olga asks to restart the engine of ${host} in demo`);
    await expect(approve(olga.api, id)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(worker.take(id)).rejects.toMatchObject({ code: 'busy' });
    for (const other of others) await approve(other.api, id);
    await worker.take(id);
    expect((await show(olga.api, id)).approval).toMatchObject({ state: 'used' });
    await worker.end();
  }
});

test('cleaning a host changes nothing that runs, and waits only where low risks do', async () => {
  await setPolicy(world, { approvals: [{}] });
  const id = await clean(olga);
  await expect(worker.take(id)).resolves.toBeDefined();
  await worker.end();
  await setPolicy(world, { approvals: [{ low: 1 }] });
  await expect(worker.take(await clean(olga))).rejects.toMatchObject({ code: 'busy' });
});

test('a denial, and time, end it; neither is ever run', async () => {
  await setPolicy(world, { approvals: [{}] });
  const denied = await restart(olga);
  await expect(worker.take(denied)).rejects.toMatchObject({ code: 'busy' });
  await deny(bob.api, denied);
  expect(await show(olga.api, denied)).toMatchObject({ state: 'blocked', approval: { state: 'denied' } });
  await expect(worker.take(denied)).rejects.toMatchObject({ code: 'conflict' });
  const late = await restart(olga);
  await expect(worker.take(late)).rejects.toMatchObject({ code: 'busy' });
  world.advance(31 * 60_000);
  await world.api.sweep();
  expect(await show(olga.api, late)).toMatchObject({ state: 'blocked', approval: { state: 'expired' } });
});

test('an approver who lost the role counts no more, and a lock that came in between stops it', async () => {
  await setPolicy(world, { approvals: [{}] });
  const id = await restart(olga);
  await expect(worker.take(id)).rejects.toMatchObject({ code: 'busy' });
  await approve(bob.api, id);
  await unwrap(world.admin.v1.persons[':person'].role.$put({ param: { person: 'bob' }, json: { role: 'viewer' } }));
  await expect(worker.take(id)).rejects.toMatchObject({ code: 'busy' });
  expect((await show(olga.api, id)).approval).toMatchObject({ state: 'open', votes: [] });
  await approve(eve.api, id);
  await unwrap(eve.api.v1.holds.$post({ json: { kind: 'lock', cluster, reason: 'a release' } }));
  await expect(worker.take(id)).rejects.toMatchObject({ code: 'conflict' });
  expect(await show(olga.api, id)).toMatchObject({ state: 'blocked', error: { code: 'locked' } });
});

test('break-glass passes it, and those who were passed over are told', async () => {
  await setPolicy(world, { approvals: [{}] });
  await unwrap(bob.api.v1['break-glass'].$post({ json: { cluster, confirm: cluster, reason: 'the shop is down' } }));
  const id = await restart(bob, 'h1');
  await expect(worker.take(id)).resolves.toMatchObject({ operation: { id } });
  const { items } = await unwrap(eve.api.v1.notices.$get({ query: {} }));
  expect(items[0]).toMatchObject({ kind: 'break-glass.used' });
  expect(items[0]?.message).toContain('to restart the engine of h1');
  await worker.end();
});

test('a rule that denies it on some clusters holds for the hosts of these', async () => {
  await setPolicy(world, { rules: [{ deny: ['engine.restart'], clusters: ['demo'] }] });
  await expect(restart(olga)).rejects.toMatchObject({ code: 'forbidden' });
  await addHosts(world.admin, 'h9');
  await expect(restart(olga, 'h9')).resolves.toBeDefined();
});

test('what was reconciled with the record agrees', async () => {
  await setPolicy(world, { approvals: [{}] });
  const id = await restart(olga);
  await expect(worker.take(id)).rejects.toMatchObject({ code: 'busy' });
  await approve(bob.api, id);
  await worker.take(id);
  await worker.end();
  const { mismatches } = await unwrap(world.admin.v1.audit.verify.$get({ query: { reconcile: 'true' } }));
  expect(mismatches).toEqual([]);
});
