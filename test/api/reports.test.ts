import { describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { hostFacts } from '#core/testing/observations.ts';
import { bareHosts } from '#core/testing/observations.ts';
import type { Plan } from '#core/plan.ts';
import { apply, cluster, demoProposed, show, verification, verify } from './demo.ts';
import { admin, worker, world, worldForEachTest } from './the-world.ts';

worldForEachTest(() => demoProposed(admin));

async function planned(): Promise<Plan> {
  const { id } = await apply(world.admin);
  await worker.take(id);
  const answer = await worker.observe(bareHosts('h1', 'h2', 'h3'));
  if (answer.kind !== 'planned') throw new Error(answer.kind);
  return answer.plan;
}

const id = () => worker.lease.operation.id;
const events = async () =>
  (await unwrap(world.admin.v1.operations[':id'].events.$get({ param: { id: id() }, query: {}, header: {} }))).items;
const audit = async (action: string) => (await unwrap(world.admin.v1.audit.$get({ query: { action } }))).items;
const note = (text: string) => ({ type: 'note', step: null, host: null, text }) as const;

describe('reports', () => {
  test('that are repeated change nothing, also beside new ones', async () => {
    const { steps } = await planned();
    const batch = worker.reports({ type: 'step-started', step: steps[0]?.id ?? '' }, note('one'));
    await expect(worker.send(batch)).resolves.toEqual({ accepted: 2, cancelRequested: false });
    const before = await events();
    await expect(worker.send(batch)).resolves.toEqual({ accepted: 2, cancelRequested: false });
    expect(await events()).toEqual(before);
    const more = [...batch, { sequence: 3, body: { at: '2026-11-24T00:00:00.000Z', ...note('two') } }];
    await expect(worker.send(more)).resolves.toEqual({ accepted: 3, cancelRequested: false });
    expect((await events()).slice(before.length).map(({ body }) => body)).toMatchObject([{ text: 'two' }]);
  });

  test('that are sent twice at the same moment are taken once', async () => {
    await planned();
    const batch = worker.reports(note('one'), note('two'), note('three'));
    const answers = await Promise.all(Array.from({ length: 8 }, () => worker.send(batch)));
    expect(new Set(answers.map(({ accepted }) => accepted))).toEqual(new Set([3]));
    expect((await events()).filter(({ body }) => body.type === 'note')).toHaveLength(3);
  });

  test('with a gap are refused whole', async () => {
    await planned();
    const [, second] = worker.reports(note('one'), note('two'));
    if (second === undefined) throw new Error('no report');
    await expect(worker.send([second])).rejects.toMatchObject({ code: 'conflict' });
    expect((await events()).filter(({ body }) => body.type === 'note')).toEqual([]);
  });

  test('about a step that is not in the plan, or after the end, are refused whole', async () => {
    await planned();
    const wrong = worker.reports(note('one'), { type: 'step-started', step: 'init-swarm:h9' });
    await expect(worker.send(wrong)).rejects.toMatchObject({ code: 'invalid_input' });
    const late = worker.reports({ type: 'ended', state: 'failed', error: null }, note('late'));
    await expect(worker.send(late)).rejects.toMatchObject({ code: 'invalid_input' });
    expect((await show(world.admin, id())).state).toBe('running');
  });

  test('write the ledger, and the end writes the outcome', async () => {
    const { steps } = await planned();
    const [first] = steps;
    const error = { code: 'engine_error', message: 'The engine refused.' };
    await worker.tell(
      { type: 'step-started', step: first?.id ?? '' },
      { type: 'step-ended', step: first?.id ?? '', outcome: { kind: 'failed', error, findings: [] }, ms: 12.6 },
      { type: 'ended', state: 'failed', error: { ...error, host: 'h1', done: '0 of 9 steps were done.' } },
    );
    const view = await show(world.admin, id());
    expect(view).toMatchObject({ state: 'failed', error: { code: 'engine_error', host: 'h1' } });
    expect(view.steps[0]).toMatchObject({ state: 'ended', ms: 13, outcome: { kind: 'failed' } });
    expect(view.steps[1]).toMatchObject({ state: 'waiting', outcome: null });
    expect(await audit('operation.ended')).toMatchObject([
      { outcome: 'failed', operation: id(), details: { kind: 'apply', state: 'failed', code: 'engine_error' } },
    ]);
    expect((await events()).at(-1)?.body).toMatchObject({ type: 'state', state: 'failed' });
  });

  test('of the end may be repeated; what comes after it is refused', async () => {
    await planned();
    const end = worker.reports({ type: 'ended', state: 'failed', error: null });
    await worker.send(end);
    await expect(worker.send(end)).resolves.toEqual({ accepted: 1, cancelRequested: false });
    const later = [{ sequence: 2, body: { at: '2026-11-24T00:00:00.000Z', ...note('late') } }];
    await expect(worker.send(later)).rejects.toMatchObject({ code: 'stale_fence' });
  });
});

describe('success is not believed', () => {
  test('while steps are not done', async () => {
    const { steps } = await planned();
    await worker.tell({ type: 'step-ended', step: steps[0]?.id ?? '', outcome: { kind: 'done' }, ms: 1 });
    await worker.end('succeeded');
    const view = await show(world.admin, id());
    expect(view).toMatchObject({ state: 'failed', error: { code: 'internal' } });
    expect(view.error?.done).toContain(`1 of ${steps.length} steps were done`);
  });

  test('when no plan was made', async () => {
    const { id } = await apply(world.admin);
    await worker.take(id);
    await worker.end('succeeded');
    expect(await show(world.admin, id)).toMatchObject({ state: 'failed', error: { code: 'internal' } });
  });

  test('when the verification failed', async () => {
    const plan = await planned();
    await worker.runSteps(plan);
    await worker.tell({ type: 'verification', verification: verification('failed') });
    await worker.end('succeeded');
    expect(await show(world.admin, id())).toMatchObject({ state: 'failed', error: { code: 'verification_failed' } });
  });
});

describe('what reports teach us', () => {
  test('a verification is kept, and can be looked up', async () => {
    await worker.run((await apply(world.admin)).id, bareHosts('h1', 'h2', 'h3'));
    const { id } = await verify(world.admin);
    await worker.take(id);
    await worker.tell({ type: 'verification', verification: verification('passed') });
    await worker.end();
    const { result } = await show(world.admin, id);
    expect(result).toMatchObject({ verdict: 'passed' });
    const query = { limit: '10' };
    const page = await unwrap(world.admin.v1.clusters[':cluster'].verifications.$get({ param: { cluster }, query }));
    expect(page.items).toMatchObject([{ operation: id, verification: { verdict: 'passed' } }]);
    const [kept] = page.items;
    const shown = await unwrap(world.admin.v1.verifications[':id'].$get({ param: { id: kept?.id ?? '' } }));
    expect(shown).toEqual(kept);
  });

  test('a probe shows what it found, and the host what was last seen', async () => {
    const { admin } = world;
    const { id } = await unwrap(admin.v1.hosts[':name'].probe.$post({ param: { name: 'h1' }, json: {} }));
    await worker.take(id);
    await worker.tell({ type: 'host-facts', host: 'h1', facts: hostFacts('h1') });
    await worker.end();
    expect((await show(admin, id)).result).toMatchObject({ host: 'h1', facts: { engine: { version: '20.10.24' } } });
    const host = await unwrap(admin.v1.hosts[':name'].$get({ param: { name: 'h1' } }));
    expect(host.lastSeen?.facts.engine.kernel).toBe('6.18.0');
  });
});

describe('host keys', () => {
  const key = { algorithm: 'ssh-ed25519', fingerprint: `SHA256:${'A'.repeat(43)}` };
  const other = { algorithm: 'ssh-ed25519', fingerprint: `SHA256:${'B'.repeat(43)}` };
  const keysOf = async (name: string) =>
    (await unwrap(world.admin.v1.hosts[':name'].$get({ param: { name } }))).hostKeys;

  test('are pinned at first contact where the person said so, and only then', async () => {
    const { admin } = world;
    await unwrap(admin.v1.hosts.$post({ json: { name: 'h8', address: '10.79.0.8' } }));
    await planned();
    await worker.tell({ type: 'host-key', host: 'h1', key }, { type: 'host-key', host: 'h8', key });
    expect(await keysOf('h1')).toEqual([key]);
    expect(await keysOf('h8')).toEqual([]);
    expect(await audit('host-key.pinned')).toMatchObject([{ target: { id: 'h1' }, details: key }]);
    expect(await audit('host-key.changed')).toMatchObject([{ target: { id: 'h8' }, outcome: 'recorded' }]);
  });

  test('that were pinned stay; another one is a security event, once', async () => {
    await planned();
    await worker.tell({ type: 'host-key', host: 'h1', key });
    await worker.tell({ type: 'host-key', host: 'h1', key });
    await worker.tell({ type: 'host-key', host: 'h1', key: other });
    const error = { code: 'host_key_changed', message: 'Another key.', host: 'h1' };
    await worker.tell({ type: 'ended', state: 'failed', error });
    expect(await keysOf('h1')).toEqual([key]);
    expect(await audit('host-key.pinned')).toHaveLength(1);
    expect(await audit('host-key.changed')).toMatchObject([{ details: { security: true }, operation: id() }]);
  });

  test('given as a fingerprint get their algorithm when the host shows the key', async () => {
    const { admin } = world;
    const json = { name: 'h8', address: '10.79.0.8', fingerprint: key.fingerprint };
    await unwrap(admin.v1.hosts.$post({ json }));
    expect(await keysOf('h8')).toEqual([{ ...key, algorithm: 'any' }]);
    await planned();
    await worker.tell({ type: 'host-key', host: 'h8', key });
    expect(await keysOf('h8')).toEqual([key]);
  });
});
