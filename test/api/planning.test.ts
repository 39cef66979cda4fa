import { beforeEach, describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import type { Observation } from '#core/observation.ts';
import { known, unknown } from '#core/observed.ts';
import { bareHosts, withHost } from '#core/testing/observations.ts';
import { simulate } from '#core/testing/simulate.ts';
import { stepSentence } from '#core/wording.ts';
import { addHosts, apply, cluster, demoProposed, demoSpec, plan, propose, show } from './demo.ts';
import { FakeWorker } from './fake-worker.ts';
import { admin, worker, world, worldForEachTest } from './the-world.ts';

worldForEachTest(() => demoProposed(admin));

const bare = bareHosts('h1', 'h2', 'h3');
const revision = (number: number) =>
  unwrap(world.admin.v1.clusters[':cluster'].revisions[':number'].$get({ param: { cluster, number: String(number) } }));
const current = async () =>
  (await unwrap(world.admin.v1.clusters[':cluster'].$get({ param: { cluster } }))).currentRevision;
const withLabel = { ...demoSpec, nodes: { ...demoSpec.nodes, h2: { labels: { zone: 'a' } } } };

describe('a plan', () => {
  test('changes nothing but what was chosen for `auto`, and can be read by its digest', async () => {
    const spec = { ...demoSpec, networks: { net1: { attachable: true, subnet: '10.200.1.0/24' } } };
    await propose(world.admin, spec);
    const { id } = await plan(world.admin);
    const answer = await worker.run(id, bare);
    if (answer.kind !== 'planned') throw new Error('refused');
    expect(await current()).toBeNull();
    expect(await revision(2)).toMatchObject({ state: 'proposed', decisions: answer.plan.decisions });
    expect(answer.plan.decisions).not.toEqual([]);
    const shown = await unwrap(world.admin.v1.plans[':digest'].$get({ param: { digest: answer.plan.digest } }));
    expect(shown).toEqual(answer.plan);
    const again = await worker.run((await plan(world.admin)).id, bare);
    expect(again).toMatchObject({ kind: 'planned', plan: { digest: answer.plan.digest } });
  });

  test('comes back the same when the observation is sent again, even at the same moment', async () => {
    const { id } = await apply(world.admin);
    await worker.take(id);
    const answers = await Promise.all([worker.observe(bare), worker.observe(bare), worker.observe(bare)]);
    expect(new Set(answers.map((answer) => (answer.kind === 'planned' ? answer.plan.digest : answer)))).toHaveLength(1);
    const { items } = await unwrap(world.admin.v1.audit.$get({ query: { action: 'plan.accepted' } }));
    expect(items).toHaveLength(1);
    await expect(worker.observe(bareHosts('h1'))).resolves.toEqual(answers[0]);
  });

  test('that cannot be made safely ends the operation as blocked, with nothing changed', async () => {
    const { id } = await apply(world.admin);
    await worker.take(id);
    const unseen = { ...bare, hosts: { ...bare.hosts, h2: unknown('No route to host', 'host_unreachable') } };
    const answer = await worker.observe(unseen);
    expect(answer.kind).toBe('refused');
    const view = await show(world.admin, id);
    expect(view).toMatchObject({ state: 'blocked', plan: null, steps: [] });
    expect(await current()).toBeNull();
    expect((await revision(1)).state).toBe('proposed');
    await expect(worker.renew()).rejects.toMatchObject({ code: 'stale_fence' });
  });

  test('is not what the worker says it observed when the observation is no observation', async () => {
    const { id } = await apply(world.admin);
    await worker.take(id);
    const { param, json } = { param: { id }, json: { worker: worker.id, fence: 1, observation: { at: 3 } } };
    const call = unwrap(world.worker.v1.worker.operations[':id'].observation.$post({ param, json }));
    await expect(call).rejects.toMatchObject({
      code: 'invalid_input',
      issues: [{ pointer: '/observation/at' }, {}, {}],
    });
  });

  test('is not made for an operation that needs none', async () => {
    const { id } = await unwrap(world.admin.v1.hosts[':name'].probe.$post({ param: { name: 'h1' }, json: {} }));
    await worker.take(id);
    await expect(worker.observe(bare)).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

describe('a plan that is made beside a change', () => {
  const joining = withHost(bare, 'h2', (facts) => ({
    ...facts,
    engine: { ...facts.engine, swarm: { ...facts.engine.swarm, state: 'pending' } },
  }));
  const two = () => new FakeWorker(world.worker, 'wrk_two');

  test('and sees a host half-way is told that the cluster is busy, and with what', async () => {
    const change = await apply(world.admin);
    await worker.take(change.id);
    await worker.observe(bare);
    const { id } = await plan(world.admin);
    const answer = await two().run(id, joining);
    expect(answer).toMatchObject({ kind: 'refused', error: { code: 'busy', host: 'h2' } });
    const { state, error } = await show(world.admin, id);
    expect(state).toBe('blocked');
    expect(error?.message).toContain(`The operation ${change.id} (apply) was changing demo at that moment`);
    expect(error?.next).toContain(`flotilla ops watch ${change.id}`);
  });

  test('that ends before the plan does is told the same', async () => {
    const change = await apply(world.admin);
    await worker.take(change.id);
    await worker.observe(bare);
    const { id } = await plan(world.admin);
    const other = two();
    await other.take(id);
    await worker.end();
    expect(await other.observe(joining)).toMatchObject({ kind: 'refused', error: { code: 'busy' } });
  });

  test('of another time is refused for what it sees', async () => {
    const change = await apply(world.admin);
    await worker.run(change.id, bare);
    world.advance(1000);
    const { id } = await plan(world.admin);
    expect(await two().run(id, joining)).toMatchObject({ kind: 'refused', error: { code: 'conflict' } });
  });
});

describe('an apply that was bound to a plan', () => {
  test('ends as stale when the cluster is not what the plan was made for', async () => {
    const looked = await worker.run((await plan(world.admin)).id, bare);
    if (looked.kind !== 'planned') throw new Error('refused');
    await worker.run((await apply(world.admin)).id, bare);
    const { id } = await apply(world.admin, { digest: looked.plan.digest });
    await worker.take(id);
    await expect(worker.observe(bare)).resolves.toMatchObject({ kind: 'refused', error: { code: 'plan_stale' } });
    const view = await show(world.admin, id);
    expect(view).toMatchObject({ state: 'failed', error: { code: 'plan_stale' } });
    expect(view.planDigest).not.toBe(looked.plan.digest);
    expect(view.plan?.digest).toBe(view.planDigest);
    expect(view.steps).toEqual([]);
  });

  test('takes the digest from If-Match as well, and refuses two that differ', async () => {
    const looked = await worker.run((await plan(world.admin)).id, bare);
    if (looked.kind !== 'planned') throw new Error('refused');
    const { digest } = looked.plan;
    const post = world.admin.v1.clusters[':cluster'].apply.$post;
    const operation = await unwrap(post({ param: { cluster }, header: { 'if-match': `"${digest}"` }, json: {} }));
    expect(operation.request).toMatchObject({ digest });
    const header = { 'if-match': `"${'0'.repeat(64)}"` };
    await expect(unwrap(post({ param: { cluster }, header, json: { digest } }))).rejects.toMatchObject({
      code: 'invalid_input',
    });
    await expect(unwrap(post({ param: { cluster }, header, json: {} }))).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('revisions', () => {
  test('are the same when the spec is the same', async () => {
    const put = () => world.admin.v1.clusters[':cluster'].spec.$put({ param: { cluster }, json: { spec: demoSpec } });
    const first = await put();
    expect([first.status, (await first.json()).number]).toEqual([200, 1]);
    await worker.run((await apply(world.admin)).id, bare);
    const after = await put();
    expect([after.status, (await after.json()).state]).toEqual([200, 'current']);
  });

  test('supersede each other; what was proposed on an older one is refused', async () => {
    await worker.run((await apply(world.admin)).id, bare);
    const two = await propose(world.admin, withLabel);
    const three = await propose(world.admin, {
      ...demoSpec,
      nodes: { ...demoSpec.nodes, h3: { labels: { zone: 'b' } } },
    });
    expect([two.base, three.base]).toEqual([1, 1]);
    const applied = await apply(world.admin, { revision: 2 });
    const overtaken = await apply(world.admin, { revision: 3 });
    await worker.run(applied.id, bare);
    expect((await revision(1)).state).toBe('superseded');
    expect((await revision(2)).state).toBe('current');
    await expect(apply(world.admin, { revision: 3 })).rejects.toMatchObject({ code: 'conflict' });
    await worker.take(overtaken.id);
    await expect(worker.observe(bare)).resolves.toMatchObject({ kind: 'refused', error: { code: 'conflict' } });
    expect(await show(world.admin, overtaken.id)).toMatchObject({ state: 'blocked', error: { code: 'conflict' } });
    await expect(plan(world.admin, { revision: 1 })).rejects.toMatchObject({ code: 'conflict' });
    await expect(plan(world.admin, { revision: 9 })).rejects.toMatchObject({ code: 'not_found' });
  });

  test('written against another base than the current one are refused', async () => {
    await worker.run((await apply(world.admin)).id, bare);
    const put = world.admin.v1.clusters[':cluster'].spec.$put;
    await expect(unwrap(put({ param: { cluster }, json: { spec: withLabel, base: 7 } }))).rejects.toMatchObject({
      code: 'conflict',
    });
    const ok = await unwrap(put({ param: { cluster }, json: { spec: withLabel, base: 1 } }));
    expect(ok.number).toBe(2);
  });

  test('inherit what was chosen for `auto`', async () => {
    const auto = { ...demoSpec, networks: { net1: { attachable: true, subnet: '10.200.1.0/24' } } };
    await propose(world.admin, auto);
    const done = await worker.run((await apply(world.admin)).id, bare);
    if (done.kind !== 'planned') throw new Error('refused');
    const next = await propose(world.admin, { ...auto, nodes: withLabel.nodes });
    expect(next.decisions).toEqual(done.plan.decisions);
  });

  test('get different numbers when many are proposed at once', async () => {
    const specs = Array.from({ length: 24 }, (_, at) => ({
      ...demoSpec,
      nodes: { ...demoSpec.nodes, h2: { labels: { at: String(at) } } },
    }));
    const made = await Promise.all(specs.map((spec) => propose(world.admin, spec)));
    expect(new Set(made.map(({ number }) => number))).toEqual(new Set(specs.map((_, at) => at + 2)));
  });

  test('can be withdrawn while nothing uses them, and edits no longer build on them', async () => {
    const { admin } = world;
    const withdraw = (number: number) =>
      unwrap(
        admin.v1.clusters[':cluster'].revisions[':number'].withdraw.$post({
          param: { cluster, number: String(number) },
          json: { reason: 'changed my mind' },
        }),
      );
    await worker.run((await apply(admin)).id, bare);
    await propose(admin, withLabel);
    const looked = await plan(admin, { revision: 2 });
    await expect(withdraw(2)).rejects.toMatchObject({ code: 'conflict' });
    await worker.run(looked.id, bare);
    await expect(withdraw(2)).resolves.toMatchObject({ state: 'withdrawn' });
    await expect(withdraw(1)).rejects.toMatchObject({ code: 'conflict' });
    await expect(apply(admin, { revision: 2 })).rejects.toMatchObject({ code: 'conflict' });
    const edited = await unwrap(
      admin.v1.clusters[':cluster'].edits.$post({
        param: { cluster },
        json: { verb: 'network create', args: { name: 'net2', subnet: '10.200.2.0/24' } },
      }),
    );
    expect(edited).toMatchObject({ number: 3, base: 1, origin: 'network create' });
    expect(edited.spec.nodes['h2']?.labels).toEqual({});
    expect(Object.keys(edited.spec.networks).sort()).toEqual(['net1', 'net2']);
  });
});

describe('hosts of a spec', () => {
  test('that are not registered are named, all of them', async () => {
    const spec = { cluster: 'big', nodes: { h1: { role: 'manager' }, h7: {}, h8: {} } };
    const put = world.admin.v1.clusters[':cluster'].spec.$put({ param: { cluster: 'big' }, json: { spec } });
    await expect(unwrap(put)).rejects.toMatchObject({
      code: 'invalid_spec',
      issues: [{ pointer: '/nodes/h7' }, { pointer: '/nodes/h8' }],
    });
    const show = world.admin.v1.clusters[':cluster'].$get({ param: { cluster: 'big' } });
    await expect(unwrap(show)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('belong to one cluster at most, also when two ask for one at once', async () => {
    const { admin } = world;
    await addHosts(admin, 'h4');
    const spec = { cluster: 'other', nodes: { h4: { role: 'manager' }, h3: {} } };
    const other = await unwrap(
      admin.v1.clusters[':cluster'].apply.$post({ param: { cluster: 'other' }, header: {}, json: { spec } }),
    );
    await worker.run((await apply(admin)).id, bare);
    const two = new FakeWorker(world.worker, 'wrk_two');
    const answer = await two.run(other.id, bareHosts('h3', 'h4'));
    expect(answer).toMatchObject({ kind: 'refused', error: { code: 'invalid_spec' } });
    const put = admin.v1.clusters[':cluster'].spec.$put({
      param: { cluster: 'other' },
      json: { spec: { ...spec, nodes: { h3: { role: 'manager' } } } },
    });
    await expect(unwrap(put)).rejects.toMatchObject({
      issues: [{ message: 'h3 belongs to the cluster demo' }],
      next: expect.stringContaining('`flotilla node rm h3 --cluster demo`'),
    });
  });

  test('that a later revision leaves out are free again, when they never became nodes', async () => {
    await worker.run((await apply(world.admin)).id, bare);
    const spec = { ...demoSpec, nodes: { h1: { role: 'manager' }, h2: {} } };
    await worker.run((await apply(world.admin, { spec })).id, bareHosts('h1', 'h2'));
    const { items } = await unwrap(world.admin.v1.hosts.$get());
    expect(items.map((host) => host.cluster)).toEqual([cluster, cluster, null]);
    await unwrap(world.admin.v1.hosts[':name'].$delete({ param: { name: 'h3' } }));
  });

  test('that were removed after the proposal stop the plan', async () => {
    const { id } = await apply(world.admin);
    await unwrap(world.admin.v1.hosts[':name'].$delete({ param: { name: 'h3' } }));
    await worker.take(id);
    await expect(worker.observe(bare)).resolves.toMatchObject({ kind: 'refused', error: { code: 'invalid_spec' } });
  });

  test('cannot be removed once they belong to a cluster, lead to others, or are in use', async () => {
    const { admin } = world;
    const remove = (name: string) => unwrap(admin.v1.hosts[':name'].$delete({ param: { name } }));
    await unwrap(admin.v1.hosts.$post({ json: { name: 'gate', address: '10.0.0.1' } }));
    await unwrap(admin.v1.hosts.$post({ json: { name: 'inner', address: '10.0.0.2', via: 'gate' } }));
    await expect(remove('gate')).rejects.toMatchObject({ code: 'conflict' });
    const probe = await unwrap(admin.v1.hosts[':name'].probe.$post({ param: { name: 'inner' }, json: {} }));
    await expect(remove('inner')).rejects.toMatchObject({ code: 'conflict' });
    await unwrap(admin.v1.operations[':id'].cancel.$post({ param: { id: probe.id }, json: {} }));
    await remove('inner');
    await remove('gate');
    await worker.run((await apply(admin)).id, bare);
    await expect(remove('h1')).rejects.toMatchObject({ code: 'conflict' });
    await expect(remove('h99')).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a tag of an image', () => {
  const [first, second] = [`sha256:${'a'.repeat(64)}`, `sha256:${'b'.repeat(64)}`];
  const spec = { ...demoSpec, services: { web: { image: 'acme/web:1', networks: ['net1'] } } };
  const seenAs = (digest: string): Observation => ({ ...observed, images: { 'acme/web:1': known(digest) } });
  const edit = (verb: string, args: object) =>
    unwrap(world.admin.v1.clusters[':cluster'].edits.$post({ param: { cluster }, json: { verb, args } }));
  const sameImage = { name: 'web', image: 'acme/web:1' };
  let observed: Observation;

  /** Applies what is proposed, or a revision, where the tag means this digest; gives the steps. */
  const applied = async (digest: string, json: { revision?: number } = {}): Promise<string> => {
    const answer = await worker.run((await apply(world.admin, json)).id, seenAs(digest));
    if (answer.kind !== 'planned') throw new Error('refused');
    observed = simulate(answer.plan.steps, observed);
    return answer.plan.steps.map((step) => stepSentence(step)).join('\n');
  };

  beforeEach(async () => {
    observed = bare;
    await propose(world.admin, spec);
    await applied(first);
  });

  test('that was planned stays so until it is applied, though it moves', async () => {
    await edit('service update', { name: 'web', image: 'acme/web:1', replicas: 2 });
    const { id } = await plan(world.admin);
    const seen = await worker.run(id, seenAs(second));
    if (seen.kind !== 'planned') throw new Error('refused');
    const { digest } = seen.plan;
    const run = await worker.run((await apply(world.admin, { digest })).id, seenAs(`sha256:${'c'.repeat(64)}`));
    expect(run).toMatchObject({ kind: 'planned', plan: { digest } });
    expect(JSON.stringify(run)).toContain(`acme/web:1@${second}`);
  });

  test('is not looked up by other edits, and by naming it again it is: one revision for each time', async () => {
    const other = await edit('service update', { name: 'web', replicas: 2 });
    expect(await applied(second, { revision: other.number })).not.toContain(second);
    const named = await edit('service update', sameImage);
    expect(named.number).toBe(other.number + 1);
    expect(await edit('service update', sameImage)).toMatchObject({ number: named.number });
    expect(await applied(second)).toContain(`image acme/web:1@${first} → acme/web:1@${second}`);
    await edit('service update', sameImage);
    expect(await applied(second)).not.toContain('update service');
  });

  test('means again what it meant then after a rollback', async () => {
    const before = await current();
    await edit('service update', sameImage);
    await applied(second);
    await edit('rollback', { to: before });
    expect(await applied(second)).toContain(`image acme/web:1@${second} → acme/web:1@${first}`);
  });

  test('of a proposal that builds on another is what the first one looks up', async () => {
    await edit('service update', sameImage);
    await worker.run((await plan(world.admin)).id, seenAs(second));
    await edit('service update', { name: 'web', replicas: 3 });
    expect(await applied(first)).toContain(`acme/web:1@${second}`);
  });
});

describe('what the swarm holds', () => {
  const withConfig = { ...demoSpec, configs: { site: { content: 'a site' } } };

  test('is asked for as long as a revision before has made some: the steps that remove them may be left to do', async () => {
    const asked = async (spec: typeof demoSpec) => {
      await propose(world.admin, spec);
      const { heldBefore } = await worker.take((await apply(world.admin)).id);
      await worker.observe(bare);
      await worker.end('failed', 'step_failed');
      return heldBefore;
    };
    expect(await asked(withConfig)).toBeUndefined();
    expect(await asked(demoSpec)).toEqual(['configs']);
    expect(await asked(withLabel)).toEqual(['configs']);
    expect(await asked(demoSpec)).toBeUndefined();
  });
});
