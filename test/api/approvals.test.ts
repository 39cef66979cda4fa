import { describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { specLabel } from '#core/plan/container-mark.ts';
import { clusterLabel } from '#core/spec/names.ts';
import { bareHosts, formedSwarm, withContainer, withNetwork } from '#core/testing/observations.ts';
import type { Observation } from '#core/observation.ts';
import { planText } from '#core/wording.ts';
import { apply, cluster, demoSpec, propose, show, verify } from './demo.ts';
import { bob, decidingForEachTest, eve, olga } from './deciding.ts';
import { FakeWorker } from './fake-worker.ts';
import { approve, deny, setPolicy } from './people.ts';
import { worker, world } from './the-world.ts';

const bare = bareHosts('h1', 'h2', 'h3');
const everything = { approvals: [{ low: 1, medium: 1, high: 2, critical: 2 }] };
/** The swarm of the demo spec, with its network and a container of ours on it. */
const netInUse = withContainer(
  withNetwork(formedSwarm(['h1'], ['h2', 'h3']), { name: 'net1', labels: { [clusterLabel]: cluster } }),
  'h2',
  { name: 'tool', networks: ['net1'], labels: { [clusterLabel]: cluster, [specLabel]: '{}' } },
);
decidingForEachTest();

/** Olga asks to apply, a worker looks, and the plan waits. */
async function waiting(observation: Observation = bare) {
  await setPolicy(world, everything);
  const { id } = await apply(olga.api);
  await worker.take(id);
  const planned = await worker.observe(observation);
  expect(planned.kind).toBe('waiting');
  return id;
}

const revisionState = async (number = 1) => {
  const param = { cluster, number: String(number) };
  return (await unwrap(world.admin.v1.clusters[':cluster'].revisions[':number'].$get({ param }))).state;
};

describe('without a policy', () => {
  test('nobody has to approve, and `can` says so', async () => {
    const { id } = await apply(olga.api);
    await expect(worker.run(id, bare)).resolves.toMatchObject({ kind: 'planned' });
    const said = await unwrap(olga.api.v1.can.$get({ query: { verb: 'apply', cluster } }));
    expect(said).toMatchObject({ allowed: true, rule: 'role operator', verb: 'cluster.apply' });
    expect(said.approvals).toContain('approvals: none');
  });
});

describe('a plan that needs approval', () => {
  test('waits without a lease, its revision stays proposed, and who may approve is told', async () => {
    const id = await waiting();
    const view = await show(olga.api, id);
    expect(view).toMatchObject({ state: 'awaiting-approval', steps: [], approval: { state: 'open', required: 1 } });
    expect(await revisionState()).toBe('proposed');
    await expect(worker.take(id)).rejects.toMatchObject({ code: 'busy' });
    const { items } = await unwrap(bob.api.v1.notices.$get({ query: {} }));
    expect(items).toMatchObject([{ kind: 'approval.requested', operation: id }]);
    expect((await unwrap(olga.api.v1.notices.$get({ query: {} }))).items).toEqual([]);
  });

  test('runs once another person has approved it, looked at and planned anew', async () => {
    const id = await waiting();
    const digest = (await show(olga.api, id)).planDigest ?? '';
    await expect(approve(bob.api, digest.slice(0, 12))).resolves.toMatchObject({ state: 'approved' });
    expect(world.rings.at(-1)).toMatchObject({ operation: id });
    await expect(worker.run(id, bare)).resolves.toMatchObject({ kind: 'planned', plan: { digest } });
    expect(await show(olga.api, id)).toMatchObject({ state: 'succeeded', approval: { state: 'used' } });
    expect(await revisionState()).toBe('current');
    const { items } = await unwrap(world.admin.v1.audit.$get({ query: { operation: id, limit: '20' } }));
    expect(items.map(({ action }) => action).reverse()).toEqual(
      expect.arrayContaining(['operation.requested', 'approval.requested', 'plan.approved', 'approval.used']),
    );
  });

  test('is not approved by whoever asked or wrote it, nor twice by one person under two tokens', async () => {
    const id = await waiting();
    await expect(approve(olga.api, id)).rejects.toMatchObject({ code: 'forbidden' });
    // The admin wrote the revision.
    await expect(approve(world.admin, id)).rejects.toMatchObject({ code: 'forbidden' });
    await setPolicy(world, { approvals: [{ low: 2 }] });
    const second = await unwrap(bob.api.v1.tokens.$post({ json: { label: 'second' } }));
    await unwrap(world.admin.v1.operations[':id'].cancel.$post({ param: { id }, json: {} }));
    const again = await apply(olga.api);
    await worker.take(again.id);
    await worker.observe(bare);
    await expect(approve(bob.api, again.id)).resolves.toMatchObject({ state: 'open' });
    await expect(approve(world.clientOf(second.token), again.id)).rejects.toMatchObject({ code: 'conflict' });
    await expect(approve(eve.api, again.id)).resolves.toMatchObject({ state: 'approved' });
    const refused = await unwrap(world.admin.v1.audit.$get({ query: { action: 'approval.refused' } }));
    // Olga is no approver; the admin wrote it, and Bob came a second time.
    expect(refused.items).toHaveLength(2);
  });

  test('is not approved by a person or a token that whoever asked has made since', async () => {
    const id = await waiting();
    await unwrap(world.admin.v1.persons.$post({ json: { name: 'puppet', role: 'approver' } }));
    const made = await unwrap(world.admin.v1.tokens.$post({ json: { person: 'puppet', label: 'x' } }));
    await expect(approve(world.clientOf(made.token), id)).rejects.toMatchObject({ code: 'forbidden' });
    const forBob = await unwrap(world.admin.v1.tokens.$post({ json: { person: 'bob', label: 'x' } }));
    await expect(approve(world.clientOf(forBob.token), id)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(approve(bob.api, id)).resolves.toMatchObject({ state: 'approved' });
  });

  test('is over with a denial, also after it was approved; its revision never becomes current', async () => {
    const id = await waiting();
    await approve(bob.api, id);
    await expect(deny(eve.api, id, 'friday')).resolves.toMatchObject({ state: 'denied' });
    expect(await show(olga.api, id)).toMatchObject({ state: 'blocked', error: { code: 'approval_denied' } });
    expect(await revisionState()).toBe('denied');
    await expect(worker.take(id)).rejects.toMatchObject({ code: 'conflict' });
    await expect(approve(bob.api, id)).rejects.toMatchObject({ code: 'conflict' });
    await expect(apply(olga.api, { revision: 1 })).rejects.toMatchObject({ code: 'conflict' });
  });

  test('is over when nobody approved it in time, without anybody asking', async () => {
    const id = await waiting();
    world.advance(31 * 60_000);
    await expect(approve(bob.api, id)).rejects.toMatchObject({ code: 'approval_expired' });
    await world.api.sweep();
    expect(await show(olga.api, id)).toMatchObject({ state: 'blocked', error: { code: 'approval_expired' } });
    expect(await revisionState()).toBe('expired');
  });

  test('is stale when another plan would be run by now', async () => {
    const id = await waiting();
    await approve(bob.api, id);
    await worker.take(id);
    const answer = await worker.observe(formedSwarm(['h1'], ['h2']));
    expect(answer.kind).toBe('refused');
    expect((await show(olga.api, id)).approval).not.toMatchObject({ state: 'used' });
    expect(await revisionState()).toBe('proposed');
  });

  test('waits again when the approver lost the role, was removed, or the token was revoked before it began', async () => {
    const id = await waiting();
    await approve(bob.api, id);
    await unwrap(world.admin.v1.persons[':person'].role.$put({ param: { person: 'bob' }, json: { role: 'viewer' } }));
    await worker.take(id);
    await expect(worker.observe(bare)).resolves.toMatchObject({ kind: 'waiting' });
    expect((await show(olga.api, id)).approval).toMatchObject({ state: 'open', votes: [] });
    await approve(eve.api, id);
    const { items } = await unwrap(eve.api.v1.tokens.$get());
    const param = { token: items[0]?.id ?? '' };
    await unwrap(world.admin.v1.tokens[':token'].revoke.$post({ param, json: {} }));
    await worker.take(id);
    await expect(worker.observe(bare)).resolves.toMatchObject({ kind: 'waiting' });
    await unwrap(world.admin.v1.persons[':person'].$delete({ param: { person: 'olga' } }));
    await unwrap(world.admin.v1.persons[':person'].role.$put({ param: { person: 'bob' }, json: { role: 'admin' } }));
    await approve(bob.api, id);
    await worker.take(id);
    await expect(worker.observe(bare)).resolves.toMatchObject({ kind: 'refused', error: { code: 'forbidden' } });
  });

  test('holds up nobody: what was asked for later runs meanwhile, and afterwards it takes its turn', async () => {
    await worker.run((await apply(world.admin)).id, bare);
    await setPolicy(world, everything);
    await propose(olga.api, { ...demoSpec, nodes: { ...demoSpec.nodes, h2: { labels: { a: 'b' } } } });
    const change = await apply(olga.api);
    await worker.take(change.id);
    const later = await verify(olga.api);
    await expect(worker.observe(formedSwarm(['h1'], ['h2', 'h3']))).resolves.toMatchObject({ kind: 'waiting' });
    expect(world.rings.at(-1)).toMatchObject({ operation: later.id });
    const other = new FakeWorker(world.worker, 'wrk_two');
    await other.take(later.id);
    await approve(bob.api, change.id);
    await expect(worker.take(change.id)).rejects.toMatchObject({ code: 'busy' });
    await other.end('failed', 'step_failed');
    await expect(worker.take(change.id)).resolves.toMatchObject({ fence: 2 });
  });

  test('that is critical needs two persons, and each types the name of the cluster', async () => {
    await worker.run((await apply(world.admin)).id, bare);
    await setPolicy(world, { approvals: [{}] });
    await propose(olga.api, { ...demoSpec, networks: {} });
    const { id } = await apply(olga.api);
    await worker.take(id);
    await worker.observe(netInUse);
    const { approval, plan } = await show(olga.api, id);
    expect(approval).toMatchObject({ risk: 'critical', required: 2 });
    expect(plan && planText(plan)).toContain('remove network net1, used by container tool on h2');
    for (const confirm of [null, 'dem']) {
      await expect(approve(bob.api, id, confirm)).rejects.toMatchObject({ code: 'invalid_input' });
    }
    await expect(approve(bob.api, id, cluster)).resolves.toMatchObject({ state: 'open' });
    await expect(approve(eve.api, id)).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(approve(eve.api, id, cluster)).resolves.toMatchObject({ state: 'approved' });
  });

  test('may be taken back by whoever asked', async () => {
    const id = await waiting();
    await unwrap(olga.api.v1.operations[':id'].cancel.$post({ param: { id }, json: {} }));
    expect(await show(olga.api, id)).toMatchObject({ state: 'cancelled', approval: { state: 'cancelled' } });
    await expect(approve(bob.api, id)).rejects.toMatchObject({ code: 'conflict' });
  });
});

test('two persons who approve at the same moment both count, and it is queued once', async () => {
  await setPolicy(world, { approvals: [{ low: 2 }] });
  const { id } = await apply(olga.api);
  await worker.take(id);
  await worker.observe(bare);
  const before = world.rings.length;
  await Promise.all([approve(bob.api, id), approve(eve.api, id)]);
  expect((await show(olga.api, id)).approval).toMatchObject({ state: 'approved', votes: [{}, {}] });
  expect(world.rings.slice(before)).toHaveLength(1);
});
