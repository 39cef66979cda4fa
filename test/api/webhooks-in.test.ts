import { describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { defaultRetention } from '#api/retention.ts';
import type { MadeSource } from '#core/webhooks/contract.ts';
import { cluster, show } from './demo.ts';
import {
  addSource,
  demoApplied,
  digest,
  fromGithub,
  fromStandard,
  imageRule,
  published,
  refused,
  taken,
} from './hooks.ts';
import { someone } from './people.ts';
import { createWorld } from '#test/world.ts';
import { world, worldForAllTests } from './the-world.ts';

let github: MadeSource;
worldForAllTests(async () => {
  await demoApplied(world);
  github = await addSource(world, 'github');
});

const deliveries = async (query: { source?: string; state?: 'failed' | 'refused' } = {}) =>
  (await unwrap(world.admin.v1.webhooks.deliveries.$get({ query }))).items;
const operationsOf = async () => (await unwrap(world.admin.v1.operations.$get({ query: { kind: 'apply' } }))).items;

describe('a signed webhook that a rule wants', () => {
  test('makes an operation of CI that applies the image by its digest; the record says who pushed', async () => {
    const answer = await taken(world, await fromGithub(github, published('ab'), { id: 'first' }));
    expect(answer).toMatchObject({ state: 'accepted', repeated: false, operation: expect.stringMatching(/^op_/) });
    const { request, actor } = await show(world.admin, answer.operation ?? '');
    expect(actor).toEqual({ kind: 'ci', source: 'webhook:github', name: 'github (ann)' });
    if (request.kind !== 'apply') throw new Error('no apply');
    const param = { cluster, number: String(request.revision) };
    const revision = await unwrap(world.admin.v1.clusters[':cluster'].revisions[':number'].$get({ param }));
    expect(revision.spec.services['web']?.image).toBe(`ghcr.io/acme/web@${digest('ab')}`);
    const { items } = await unwrap(world.admin.v1.audit.$get({ query: { q: 'action:webhook.received' } }));
    expect(items[0]).toMatchObject({
      source: 'webhook',
      operation: answer.operation,
      details: { source: 'github', senderId: 'first', said: { event: 'registry_package', person: 'ann' } },
    });
  });

  test('is done once: the same id, and the same body under another id, get the first operation', async () => {
    const body = published('cd');
    const first = await taken(world, await fromGithub(github, body, { id: 'once' }));
    const again = await taken(world, await fromGithub(github, body, { id: 'once' }));
    const renamed = await taken(world, await fromGithub(github, body, { id: 'twice' }));
    for (const repeat of [again, renamed]) expect(repeat).toEqual({ ...first, repeated: true });
    const [kept] = await deliveries({ source: 'github' });
    expect(kept).toMatchObject({ senderId: 'once', repeats: 2, state: 'accepted', cluster });
  });

  test('makes no revision when it comes again, also where another one was proposed meanwhile', async () => {
    const proposals = async () =>
      (await unwrap(world.admin.v1.audit.$get({ query: { q: 'action:revision.proposed', limit: '200' } }))).items
        .length;
    const first = await taken(world, await fromGithub(github, published('1c'), { id: 'early' }));
    await taken(world, await fromGithub(github, published('1d'), { id: 'late' }));
    const before = await proposals();
    expect(await taken(world, await fromGithub(github, published('1c'), { id: 'early' }))).toEqual({
      ...first,
      repeated: true,
    });
    expect(await proposals()).toBe(before);
  });

  test('100 times at once makes one operation', async () => {
    const before = (await operationsOf()).length;
    const body = published('ef');
    const requests = await Promise.all(
      Array.from({ length: 100 }, (_, at) => fromGithub(github, body, { id: at % 2 === 0 ? 'storm' : `storm-${at}` })),
    );
    const answers = await Promise.all(requests.map((request) => taken(world, request)));
    expect(new Set(answers.map(({ operation }) => operation)).size).toBe(1);
    expect(answers.filter(({ repeated }) => !repeated)).toHaveLength(1);
    expect((await operationsOf()).length).toBe(before + 1);
  });

  test('40 times at once with another image each makes 40 operations, and none is refused', async () => {
    const before = (await operationsOf()).length;
    const pairs = Array.from({ length: 40 }, (_, at) => (100 + at).toString(16));
    const requests = await Promise.all(
      pairs.map((pair) => fromGithub(github, published(pair, { many: pair }), { id: `many-${pair}` })),
    );
    const answers = await Promise.all(requests.map((request) => taken(world, request)));
    expect(new Set(answers.map(({ operation }) => operation)).size).toBe(40);
    expect((await operationsOf()).length).toBe(before + 40);
  });

  test('is refused with the refusal of its command, and may come again once that is mended', async () => {
    const rules = [{ ...imageRule, repository: '8', command: 'service update shop --image acme/shop@{digest}' }];
    const source = await addSource(world, 'shop', { rules });
    const body = published('01', { repository: { id: 8, full_name: 'acme/shop' } });
    expect(await refused(world, await fromGithub(source, body, { id: 'later' }))).toMatchObject({ code: 'not_found' });
    expect(await deliveries({ state: 'failed' })).toMatchObject([
      { source: 'shop', operation: null, senderId: 'later' },
    ]);
    const json = { rules: [{ ...imageRule, repository: '8' }] };
    await unwrap(world.admin.v1.webhooks.sources[':source'].rules.$put({ param: { source: 'shop' }, json }));
    expect(await taken(world, await fromGithub(source, body, { id: 'later' }))).toMatchObject({ state: 'accepted' });
  });

  test('waits for nobody’s proposal: it changes what is current', async () => {
    const edits = world.admin.v1.clusters[':cluster'].edits;
    const json = { verb: 'service create', args: { name: 'unready', image: 'x', network: ['net1'] } };
    await unwrap(edits.$post({ param: { cluster }, json }));
    const { operation } = await taken(world, await fromGithub(github, published('12')));
    const { request } = await show(world.admin, operation ?? '');
    if (request.kind !== 'apply') throw new Error('no apply');
    const param = { cluster, number: String(request.revision) };
    const { spec } = await unwrap(world.admin.v1.clusters[':cluster'].revisions[':number'].$get({ param }));
    expect(Object.keys(spec.services)).toEqual(['web']);
  });

  test('never gets past a lock', async () => {
    const bob = await someone(world, 'bob', 'operator');
    const kind = 'lock' as const;
    await unwrap(bob.api.v1.holds.$post({ json: { kind, cluster, reason: 'my migration' } }));
    expect(await refused(world, await fromGithub(github, published('23')))).toMatchObject({ code: 'locked' });
    await unwrap(bob.api.v1.holds.end.$post({ json: { kind, cluster } }));
  });

  test('of a pusher who is known is his: his account is on the operation', async () => {
    const ann = await someone(world, 'ann', 'operator');
    const json = { kind: 'ci' as const, externalId: 'github:ann' };
    await unwrap(world.admin.v1.persons[':person'].identities.$post({ param: { person: 'ann' }, json }));
    const { operation } = await taken(world, await fromGithub(github, published('34')));
    expect((await show(world.admin, operation ?? '')).actor).toMatchObject({ kind: 'ci', person: ann.id });
  });
});

describe('a webhook that no rule wants', () => {
  test('is kept with the reason, and starts nothing', async () => {
    const other = published('45', { repository: { id: 9, full_name: 'acme/other' } });
    const answer = await taken(world, await fromGithub(github, other));
    expect(answer).toMatchObject({ state: 'ignored', operation: null, why: expect.stringContaining('repository 9') });
    const ping = await taken(
      world,
      await fromGithub(github, '{"zen":"Keep it logically awesome."}', { event: 'ping' }),
    );
    expect(ping).toMatchObject({
      state: 'ignored',
      why: 'GitHub’s ping: address and secret are right; it starts no work',
    });
  });

  test('is carried out when somebody who may replays it after the rules were changed', async () => {
    const source = await addSource(world, 'late');
    const { delivery } = await taken(world, await fromGithub(source, published('56', { repository: { id: 10 } })));
    const replay = (api = world.admin) =>
      unwrap(api.v1.webhooks.deliveries[':delivery'].replay.$post({ param: { delivery } }));
    await expect(replay()).rejects.toMatchObject({ code: 'conflict' });
    const json = { rules: [{ ...imageRule, repository: '10' }] };
    await unwrap(world.admin.v1.webhooks.sources[':source'].rules.$put({ param: { source: 'late' }, json }));
    await expect(replay(await world.clientFor('viewer'))).rejects.toMatchObject({ code: 'forbidden' });
    const made = await replay();
    expect(made).toMatchObject({ delivery: { replayOf: delivery, state: 'accepted' }, operation: { kind: 'apply' } });
    expect(made.operation.actor).toMatchObject({ kind: 'person', name: 'ada' });
  });
});

describe('what is not from the sender', () => {
  test('is refused and kept without what it said: no signature, a changed byte, another secret, another source', async () => {
    const body = published('67');
    const request = await fromGithub(github, body);
    const changed = new Request(request, { method: 'POST', body: body.replace('"ann"', '"bob"') });
    expect(await refused(world, changed)).toMatchObject({ status: 401, detail: expect.stringContaining('not that') });
    const unsigned = new Request(`http://flotilla.test${github.source.path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-github-event': 'push' },
      body,
    });
    expect(await refused(world, unsigned)).toMatchObject({
      status: 401,
      detail: expect.stringContaining('no signature'),
    });
    const other = await addSource(world, 'other');
    expect((await refused(world, await fromGithub({ ...github, secret: other.secret }, body))).status).toBe(401);
    expect(await deliveries({ state: 'refused', source: 'github' })).toHaveLength(3);
    const [kept] = await deliveries({ state: 'refused' });
    expect(kept).toMatchObject({ event: null, person: null, why: expect.stringContaining('signature') });
    const id = kept?.id ?? '';
    await expect(
      unwrap(world.admin.v1.webhooks.deliveries[':delivery'].replay.$post({ param: { delivery: id } })),
    ).rejects.toMatchObject({ code: 'conflict' });
  });

  test('is told what to set: which header is missing, the clock, the content type', async () => {
    const unsigned = await fromGithub(github, published('77'));
    unsigned.headers.delete('x-hub-signature-256');
    expect(await refused(world, unsigned)).toMatchObject({
      detail: 'There is no signature in the request: X-Hub-Signature-256',
      next: expect.stringContaining('secret of this source'),
    });
    const source = await addSource(world, 'late-clock', { kind: 'standard' });
    for (const atMs of [Date.now() - 400_000, Date.now() * 1000])
      expect(await refused(world, await fromStandard(source, '{}', { atMs }))).toMatchObject({
        detail: 'The request was signed more than five minutes from now',
        next: 'Compare the clocks; `webhook-timestamp` counts seconds.',
      });
    expect(await taken(world, await fromStandard(source, '{"event":"Deploy it"}'))).toMatchObject({
      why: expect.stringContaining('the body says no `event`'),
    });
    const form = await fromGithub(github, 'payload=%7B%7D', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(await refused(world, form)).toMatchObject({
      status: 415,
      next: 'Let the sender send JSON; on GitHub the content type is a setting of the webhook.',
    });
  });

  test('an address that is nobody’s is not found', async () => {
    const nobody = { source: { ...github.source, path: '/hooks/whk_nobody' }, secret: 'x' };
    expect(await refused(world, await fromGithub(nobody, published()))).toMatchObject({ status: 404 });
  });
});

describe('secrets', () => {
  test('two are live while one takes the place of the other, and then one', async () => {
    const source = await addSource(world, 'rolled');
    const param = { source: 'rolled' };
    const fresh = await unwrap(
      world.admin.v1.webhooks.sources[':source'].roll.$post({ param, json: { overlapMinutes: 10 } }),
    );
    expect(fresh.secret).not.toBe(source.secret);
    expect(fresh.source.secrets).toHaveLength(2);
    expect((await taken(world, await fromGithub(source, published('70')))).state).toBe('accepted');
    expect((await taken(world, await fromGithub(fresh, published('71')))).state).toBe('accepted');
    world.advance(11 * 60_000);
    expect((await refused(world, await fromGithub(source, published('72')))).status).toBe(401);
    expect((await taken(world, await fromGithub(fresh, published('73')))).state).toBe('accepted');
  });

  test('are in no answer but the one that tells them, not in the record, and sealed in the database', async () => {
    const secret = 'canary-0123456789abcdef';
    const source = await addSource(world, 'given', { secret });
    expect(source.secret).toBeNull();
    expect((await taken(world, await fromGithub({ ...source, secret }, published('74')))).state).toBe('accepted');
    world.answers.length = 0;
    await unwrap(world.admin.v1.webhooks.sources.$get());
    await unwrap(world.admin.v1.audit.$get({ query: { limit: '200' } }));
    expect(world.answers.join()).not.toMatch(/canary|whsec_/);
    const rows = await world.api.store.query('select secrets from webhook_sources', []);
    expect(JSON.stringify(rows)).not.toMatch(/canary|whsec_/);
    expect(JSON.stringify(rows)).toContain('v1.');
  });
});

describe('other senders', () => {
  const ci = (more: object) => JSON.stringify({ event: 'deploy', repository: 'shop', person: 'ann', ...more });
  const rules = [
    { event: 'deploy', repository: 'shop', cluster, command: 'service update web --image acme/web@{digest}' },
  ];

  test('any CI by Standard Webhooks, within five minutes on both sides', async () => {
    const source = await addSource(world, 'ci', { kind: 'standard', rules });
    const now = Date.now() + 11 * 60_000;
    const send = (pair: string, atMs: number) =>
      fromStandard(source, ci({ digest: digest(pair) }), { id: `msg_${pair}`, atMs });
    expect((await taken(world, await send('80', now))).state).toBe('accepted');
    for (const atMs of [now - 310_000, now + 310_000])
      expect(await refused(world, await send('81', atMs))).toMatchObject({ detail: expect.stringContaining('five') });
  });

  test('GitLab by its token in clear and by its signing token', async () => {
    const pipeline = (sha: string) =>
      JSON.stringify({
        object_kind: 'pipeline',
        object_attributes: { ref: 'main', tag: false, sha: sha.repeat(40), status: 'success' },
        project: { id: 5, path_with_namespace: 'acme/shop' },
        user: { username: 'ann' },
      });
    const onPipeline = [
      {
        event: 'pipeline',
        repository: '5',
        ref: 'refs/heads/main',
        conclusion: 'success',
        cluster,
        command: 'service update web --image acme/web:{sha}',
      },
    ];
    const token = 'glpat-0123456789abcdef';
    const old = await addSource(world, 'gitlab', { kind: 'gitlab', rules: onPipeline, secret: token });
    const headers = { 'content-type': 'application/json', 'x-gitlab-event': 'Pipeline Hook', 'x-gitlab-token': token };
    const send = (more: Record<string, string>, sha: string) =>
      new Request(`http://flotilla.test${old.source.path}`, {
        method: 'POST',
        headers: { ...headers, ...more },
        body: pipeline(sha),
      });
    expect((await taken(world, send({}, 'a'))).state).toBe('accepted');
    expect((await refused(world, send({ 'x-gitlab-token': `${token}x` }, 'b'))).status).toBe(401);
    const signing = await addSource(world, 'gitlab-signed', { kind: 'gitlab', rules: onPipeline });
    const atMs = Date.now() + 11 * 60_000;
    const signed = await fromStandard(signing, pipeline('c'), { id: 'gl-1', atMs });
    expect((await taken(world, signed)).state).toBe('accepted');
  });

  test('Harbor by the header that it is given, and Docker Hub as a hint whose digest is not believed', async () => {
    const body = (pair: string) =>
      JSON.stringify({
        type: 'PUSH_ARTIFACT',
        operator: 'ann',
        event_data: {
          repository: { repo_full_name: 'acme/web' },
          resources: [{ digest: digest(pair), tag: '1', resource_url: 'harbor.example/acme/web:1' }],
        },
      });
    const onImage = (command: string) => [{ event: 'image', repository: 'acme/web', cluster, command }];
    const byDigest = onImage('service update web --image harbor.example/acme/web@{digest}');
    const harbor = await addSource(world, 'harbor', { kind: 'harbor', rules: byDigest });
    const to = (path: string, headers: Record<string, string>, text: string) =>
      new Request(`http://flotilla.test${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: text,
      });
    const { path } = harbor.source;
    expect((await taken(world, to(path, { authorization: harbor.secret ?? '' }, body('90')))).state).toBe('accepted');
    expect((await refused(world, to(path, { authorization: 'Bearer other' }, body('91')))).status).toBe(401);
    const rule = onImage('service update web --image acme/web:{tag}');
    const hub = await addSource(world, 'hub', { kind: 'dockerhub', rules: rule });
    expect(hub).toMatchObject({ secret: null, source: { secrets: [] } });
    const hint = (tag: string) =>
      JSON.stringify({ push_data: { tag, digest: digest('92') }, repository: { repo_name: 'acme/web' } });
    const answer = await taken(world, to(hub.source.path, {}, hint('9')));
    expect(answer.state).toBe('accepted');
    const [kept] = await deliveries({ source: 'hub' });
    expect(kept?.command).toBe('service update web --image acme/web:9');
    for (let at = 0; at < 11; at += 1) await world.fetch(to(hub.source.path, {}, hint(`n${at}`)));
    expect((await refused(world, to(hub.source.path, {}, hint('last')))).status).toBe(429);
    await expect(addSource(world, 'hub2', { kind: 'dockerhub', rules: rule, secret: 'x'.repeat(20) })).rejects.toThrow(
      /Docker Hub/,
    );
  });
});

describe('sources', () => {
  test('are changed by an admin only, seen by operators, and gone once removed', async () => {
    const operator = await world.clientFor('operator');
    const json = { name: 'mine', kind: 'github' as const, rules: [imageRule] };
    await expect(unwrap(operator.v1.webhooks.sources.$post({ json }))).rejects.toMatchObject({ code: 'forbidden' });
    expect((await unwrap(operator.v1.webhooks.sources.$get())).items.map(({ name }) => name)).toContain('github');
    const gone = await addSource(world, 'gone');
    await unwrap(world.admin.v1.webhooks.sources[':source'].$delete({ param: { source: 'gone' } }));
    expect((await refused(world, await fromGithub(gone, published('99')))).status).toBe(404);
    await expect(addSource(world, 'github')).rejects.toMatchObject({ code: 'already_exists' });
    const lost = [{ ...imageRule, cluster: 'nowhere' }];
    await expect(addSource(world, 'lost', { rules: lost })).rejects.toMatchObject({ code: 'not_found' });
  });
});

test('a delivery is forgotten after 90 days, and so is that it came; a setting says otherwise', async () => {
  const short = await createWorld({ retention: { ...defaultRetention, deliveryDays: 3 } });
  try {
    await demoApplied(short);
    const body = published('ab');
    const send = async () => await taken(short, await fromGithub(source, body, { id: 'old' }));
    const source = await addSource(short, 'github');
    await send();
    short.advance(2 * 86_400_000);
    await short.api.sweep();
    expect(await send()).toMatchObject({ repeated: true });
    short.advance(2 * 86_400_000);
    await short.api.sweep();
    expect((await unwrap(short.admin.v1.webhooks.deliveries.$get({ query: {} }))).items).toEqual([]);
    expect(await send()).toMatchObject({ repeated: false });
  } finally {
    await short.close();
  }
});
