import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import type { Observation } from '#core/observation.ts';
import { bareHosts } from '#core/testing/observations.ts';
import { simulate } from '#core/testing/simulate.ts';
import type { MadeSource } from '#core/webhooks/contract.ts';
import { createWorld, type World } from '#test/world.ts';
import { apply, cluster, demoProposed, demoSpec, propose, show } from './demo.ts';
import { FakeWorker } from './fake-worker.ts';
import { addSource, digest, fromGithub, imageRule, published, taken } from './hooks.ts';

describe('webhooks in quick succession behind a running change', () => {
  const services = { web: { image: 'acme/web:1' }, db: { image: 'acme/db:1' } };
  const spec = { ...demoSpec, services };
  const rules = ['web', 'db'].map((name, at) => ({
    ...imageRule,
    repository: String(20 + at),
    command: `service update ${name} --image acme/${name}@{digest}`,
  }));
  const hook = async (source: MadeSource, repository: number, pair: string): Promise<string> => {
    const body = published(pair, { repository: { id: repository }, run: (runs += 1) });
    return (await taken(own, await fromGithub(source, body))).operation ?? '';
  };
  const imagesNow = async () => {
    const { currentRevision } = await unwrap(own.admin.v1.clusters[':cluster'].$get({ param: { cluster } }));
    const param = { cluster, number: String(currentRevision) };
    const now = await unwrap(own.admin.v1.clusters[':cluster'].revisions[':number'].$get({ param }));
    return Object.values(now.spec.services).map(({ image }) => image);
  };
  const revisionNumbers = async () => {
    const { items } = await unwrap(own.admin.v1.clusters[':cluster'].revisions.$get({ param: { cluster }, query: {} }));
    return items.map(({ number }) => number);
  };
  let runs = 0;
  let own: World;
  let worker: FakeWorker;
  let source: MadeSource;
  let running: string;
  let observed: Observation;

  const runNext = async (id: string) => {
    const answer = await worker.run(id, observed);
    if (answer.kind === 'planned') observed = simulate(answer.plan.steps, observed);
    return answer;
  };

  beforeEach(async () => {
    own = await createWorld();
    worker = new FakeWorker(own.worker);
    observed = bareHosts('h1', 'h2', 'h3');
    await demoProposed(own.admin);
    await propose(own.admin, spec);
    await runNext((await apply(own.admin)).id);
    source = await addSource(own, 'burst', { rules });
    running = await hook(source, 20, 'a1');
    await worker.take(running);
  });
  afterEach(() => own.close());

  /** Ends what runs, as the worker does that has taken it. */
  const finish = async (): Promise<void> => {
    const answer = await worker.observe(observed);
    if (answer.kind !== 'planned') throw new Error('refused');
    observed = simulate(answer.plan.steps, observed);
    await worker.runSteps(answer.plan);
    await worker.end();
  };

  test('are each done on what is current when their turn comes, in order; the same operation goes on', async () => {
    const queued = [await hook(source, 20, 'a2'), await hook(source, 21, 'b2'), await hook(source, 20, 'a3')];
    await finish();
    const seen = [await imagesNow()];
    for (const id of queued) {
      await runNext(id);
      seen.push(await imagesNow());
    }
    const web = (pair: string) => `acme/web@${digest(pair)}`;
    const db = `acme/db@${digest('b2')}`;
    expect(seen).toEqual([
      [web('a1'), 'acme/db:1'],
      [web('a2'), 'acme/db:1'],
      [web('a2'), db],
      [web('a3'), db],
    ]);
    for (const id of queued) expect(await show(own.admin, id)).toMatchObject({ state: 'succeeded', error: null });
    const { items } = await unwrap(own.admin.v1.audit.$get({ query: { action: 'operation.edited-in-turn' } }));
    expect(items.map(({ operation, actor }) => [operation, actor])).toEqual(
      queued.toReversed().map((id) => [id, { kind: 'ci', source: 'webhook:burst', name: 'burst (ann)' }]),
    );
  });

  test('bring an image back that was current when they came, and was not any more in their turn', async () => {
    await finish();
    const queued = [await hook(source, 20, 'a2'), await hook(source, 20, 'a1')];
    for (const id of queued) await runNext(id);
    expect(await imagesNow()).toEqual([`acme/web@${digest('a1')}`, 'acme/db:1']);
  });

  test('end with the reason where what they change has gone meanwhile; the next one goes on', async () => {
    await finish();
    const json = { verb: 'service rm', args: { name: 'web' } };
    await unwrap(own.admin.v1.clusters[':cluster'].edits.$post({ param: { cluster }, json }));
    const removal = await apply(own.admin);
    const [late, other] = [await hook(source, 20, 'a5'), await hook(source, 21, 'b5')];
    await runNext(removal.id);
    expect(await runNext(late)).toMatchObject({ kind: 'refused', error: { code: 'not_found' } });
    const { error } = await show(own.admin, late);
    expect(error?.message).toContain('What is current now leaves no room for this change');
    await runNext(other);
    expect(await imagesNow()).toEqual([`acme/db@${digest('b5')}`]);
  });

  test('are made again in their turn also when they are retried; once overtaken, they are to be replayed', async () => {
    const failed = await hook(source, 20, 'a2');
    await finish();
    await worker.take(failed);
    await worker.end('failed');
    const retry = (id: string) => unwrap(own.admin.v1.operations[':id'].retry.$post({ param: { id }, json: {} }));
    const other = await hook(source, 21, 'b2');
    const again = await retry(failed);
    await runNext(other);
    await runNext(again.id);
    expect(await imagesNow()).toEqual([`acme/web@${digest('a2')}`, `acme/db@${digest('b2')}`]);
    const { items } = await unwrap(own.admin.v1.webhooks.deliveries.$get({ query: {} }));
    const delivery = items.find(({ operation }) => operation === failed)?.id ?? '';
    await expect(retry(failed)).rejects.toMatchObject({
      code: 'conflict',
      next: expect.stringContaining(`flotilla webhooks replay ${delivery}`),
    });
    const replayed = await unwrap(own.admin.v1.webhooks.deliveries[':delivery'].replay.$post({ param: { delivery } }));
    await runNext(replayed.operation.id);
    expect(await show(own.admin, replayed.operation.id)).toMatchObject({ state: 'succeeded' });
  });

  test('are not made again once they are over, however late their bell rings', async () => {
    const late = await hook(source, 20, 'a2');
    await unwrap(own.admin.v1.operations[':id'].cancel.$post({ param: { id: late }, json: { reason: 'unwanted' } }));
    await finish();
    const before = await revisionNumbers();
    await expect(worker.take(late)).rejects.toMatchObject({ code: 'conflict' });
    expect(await revisionNumbers()).toEqual(before);
  });
});
