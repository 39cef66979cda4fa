import { createServer } from 'node:http';
import { beforeEach, describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { guardedPost } from '#api/webhooks-out/post.ts';
import type { Post, Posting } from '#api/webhooks-out/posting.ts';
import { outEventSchema, type TargetView } from '#core/webhooks/out/contract.ts';
import { isSignedBy } from '#core/webhooks/out/sign.ts';
import { demoProposed, plan } from './demo.ts';
import { world, worldForEachTest } from './the-world.ts';

/** What a receiver got, and what it answers. */
let got: Posting[];
let answer: { status: number | null; retryAfterMs?: number };
const post: Post = (posting) => {
  got.push(posting);
  const { status, retryAfterMs = 0 } = answer;
  return Promise.resolve({ status, error: status === null ? 'connection refused' : null, retryAfterMs });
};

worldForEachTest(() => demoProposed(world.admin), { post });
beforeEach(() => {
  got = [];
  answer = { status: 200 };
});

type Added = Parameters<typeof world.admin.v1.webhooks.targets.$post>[0]['json'];
const addTarget = (more: Partial<Added> = {}): Promise<TargetView> =>
  unwrap(
    world.admin.v1.webhooks.targets.$post({
      json: { name: 'chat', url: 'https://hooks.example/x', events: ['operation.requested'], ...more },
    }),
  );
const round = () => world.api.sendWebhooks();
const messages = async () => (await unwrap(world.admin.v1.webhooks.messages.$get({ query: { limit: '200' } }))).items;
const idsOf = (all: readonly Posting[]) => all.map(({ headers }) => headers['webhook-id']);
const partsOf = ({ headers, body }: Posting) => ({
  id: headers['webhook-id'] ?? '',
  timestamp: Number(headers['webhook-timestamp']),
  body,
});
const isGood = (one: Posting, key: string) => isSignedBy(key, one.headers['webhook-signature'] ?? '', partsOf(one));

describe('a target', () => {
  test('is told of what happens from now on, thin and signed with its own key', async () => {
    await plan(world.admin);
    const { keys } = await addTarget();
    const { id } = await plan(world.admin);
    await round();
    await round();
    expect(got).toHaveLength(1);
    const [first] = got;
    if (first === undefined) throw new Error('nothing came');
    expect(outEventSchema.parse(JSON.parse(first.body))).toMatchObject({
      type: 'operation.requested',
      data: { operation: id, cluster: 'demo', kind: 'plan', actor: { kind: 'person', name: 'ada' } },
    });
    expect(await isGood(first, keys[0]?.publicKey ?? '')).toBe(true);
    expect(await messages()).toMatchObject([{ state: 'delivered', attempts: 1, lastStatus: 200, target: 'chat' }]);
  });

  test('gets only the events and clusters that it is for', async () => {
    await addTarget({ clusters: ['prod-*'] });
    await addTarget({ name: 'ends', events: ['operation.cancelled'] });
    const { id } = await plan(world.admin);
    await unwrap(world.admin.v1.operations[':id'].cancel.$post({ param: { id }, json: {} }));
    await round();
    expect(got.map(({ body }) => outEventSchema.parse(JSON.parse(body)).type)).toEqual(['operation.cancelled']);
  });

  test('that is down for a day gets each event once it is back, once per id', async () => {
    await addTarget();
    answer = { status: null };
    const asked: string[] = [];
    for (let hour = 0; hour < 24; hour += 1) {
      asked.push((await plan(world.admin)).id);
      for (let minute = 0; minute < 60; minute += 10) {
        await round();
        world.advance(10 * 60_000);
      }
    }
    const tried = got.length;
    expect(tried).toBeGreaterThan(24);
    expect(new Set(idsOf(got)).size).toBeGreaterThan(1);
    answer = { status: 204 };
    got.length = 0;
    for (let hour = 0; hour < 30; hour += 1) {
      await round();
      world.advance(3_600_000);
    }
    expect(new Set(idsOf(got)).size).toBe(24);
    expect(got).toHaveLength(24);
    const told = got.map(({ body }) => outEventSchema.parse(JSON.parse(body)).data.operation);
    expect(new Set(told)).toEqual(new Set(asked));
    expect((await messages()).every(({ state }) => state === 'delivered')).toBe(true);
  });

  test('that stays down is given up after some days, and may be sent again under the same id', async () => {
    await addTarget();
    answer = { status: 503 };
    await plan(world.admin);
    for (let hour = 0; hour < 110; hour += 1) {
      await round();
      world.advance(3_600_000);
    }
    const [failed] = await messages();
    expect(failed).toMatchObject({ state: 'failed', attempts: 10, lastStatus: 503, nextAt: null });
    answer = { status: 200 };
    const id = failed?.id ?? '';
    await unwrap(world.admin.v1.webhooks.messages[':message'].replay.$post({ param: { message: id } }));
    got.length = 0;
    await round();
    expect(idsOf(got)).toEqual([id]);
  });

  test('that asks for patience gets it; a redirect is no delivery', async () => {
    await addTarget();
    answer = { status: 429, retryAfterMs: 3_600_000 };
    await plan(world.admin);
    await round();
    world.advance(3_500_000);
    await round();
    expect(got).toHaveLength(1);
    answer = { status: 302 };
    world.advance(200_000);
    await round();
    expect(got).toHaveLength(2);
    expect(await messages()).toMatchObject([{ state: 'waiting', lastStatus: 302 }]);
  });

  test('that answers 410 is sent nothing until it is enabled again', async () => {
    await addTarget();
    answer = { status: 410 };
    await plan(world.admin);
    await round();
    await plan(world.admin);
    world.advance(86_400_000);
    await round();
    expect(got).toHaveLength(1);
    const { items } = await unwrap(world.admin.v1.webhooks.targets.$get());
    expect(items).toMatchObject([{ name: 'chat', disabledAt: expect.any(String) }]);
    const [waiting] = await messages();
    const param = { message: waiting?.id ?? '' };
    const again = world.admin.v1.webhooks.messages[':message'].replay.$post({ param });
    await expect(unwrap(again)).rejects.toMatchObject({
      code: 'conflict',
      next: expect.stringContaining('enable chat'),
    });
    answer = { status: 200 };
    await unwrap(world.admin.v1.webhooks.targets[':target'].enable.$post({ param: { target: 'chat' } }));
    await round();
    await round();
    expect(new Set(idsOf(got)).size).toBe(2);
    expect((await messages()).every(({ state }) => state === 'delivered')).toBe(true);
  });

  test('has two keys while one takes the place of the other, and both sign', async () => {
    const { keys } = await addTarget();
    const old = keys[0]?.publicKey ?? '';
    const param = { target: 'chat' };
    const json = { overlapMinutes: 10 };
    const rolled = await unwrap(world.admin.v1.webhooks.targets[':target'].roll.$post({ param, json }));
    expect(rolled.keys).toHaveLength(2);
    const fresh = rolled.keys[1]?.publicKey ?? '';
    await plan(world.admin);
    await round();
    world.advance(11 * 60_000);
    await plan(world.admin);
    await round();
    const verdicts = await Promise.all(got.flatMap((one) => [isGood(one, old), isGood(one, fresh)]));
    expect(verdicts).toEqual([true, true, false, true]);
    const rows = await world.api.store.query('select keys from webhook_targets', []);
    expect(JSON.stringify(rows)).not.toContain('whsk_');
  });

  test('is an admin’s to add, and needs https unless it may be private', async () => {
    const operator = await world.clientFor('operator');
    const json = { name: 'mine', url: 'https://hooks.example/x', events: ['operation.failed' as const] };
    await expect(unwrap(operator.v1.webhooks.targets.$post({ json }))).rejects.toMatchObject({ code: 'forbidden' });
    for (const url of ['http://hooks.example/x', 'https://10.0.0.1/x', 'https://localhost/x'])
      await expect(addTarget({ url })).rejects.toMatchObject({
        code: 'invalid_input',
        next: expect.stringContaining('--allow-private'),
      });
    await expect(addTarget({ url: 'https://me:pw@hooks.example/x' })).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(addTarget({ url: 'file:///etc/passwd' })).rejects.toMatchObject({ code: 'invalid_input' });
    await addTarget();
    await unwrap(world.admin.v1.webhooks.targets[':target'].$delete({ param: { target: 'chat' } }));
    await plan(world.admin);
    await round();
    expect(got).toEqual([]);
  });
});

describe('the way out', () => {
  test('leads into no private network by a name, an address, or a redirect, unless that is allowed', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      if (request.url === '/away') response.writeHead(302, { location: '/x' }).end();
      else response.writeHead(request.url === '/busy' ? 429 : 200, { 'retry-after': '7' }).end('ok');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const ask = (host: string, path: string, allowPrivate: boolean, scheme = 'http') =>
      guardedPost({ url: `${scheme}://${host}:${port}${path}`, headers: {}, body: '{}', allowPrivate });
    try {
      for (const host of ['127.0.0.1', 'localhost', '[::1]', '2130706433', '[::ffff:127.0.0.1]'])
        expect((await ask(host, '/x', false, 'https')).error).toMatch(/is not a public address/);
      expect((await ask('127.0.0.1', '/x', false)).error).toMatch(/TLS/);
      expect(asked).toEqual([]);
      expect(await ask('127.0.0.1', '/x', true)).toMatchObject({ status: 200, error: null });
      expect(await ask('127.0.0.1', '/away', true)).toMatchObject({ status: 302 });
      expect(await ask('127.0.0.1', '/busy', true)).toEqual({ status: 429, error: null, retryAfterMs: 7000 });
      expect(asked).toEqual(['/x', '/away', '/busy']);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
    expect(await ask('127.0.0.1', '/x', true)).toMatchObject({ status: null });
  });
});

describe('what was sent', () => {
  const days = (count: number) => world.advance(count * 86_400_000);

  test('is kept for 30 days and then forgotten; what is younger stays', async () => {
    await addTarget();
    await plan(world.admin);
    await round();
    days(29);
    await plan(world.admin);
    await round();
    await world.api.sweep();
    expect(await messages()).toHaveLength(2);
    days(2);
    await world.api.sweep();
    expect(await messages()).toMatchObject([{ state: 'delivered' }]);
  });

  test('is not forgotten while it is still to be sent, but for a target that is disabled', async () => {
    await addTarget();
    await plan(world.admin);
    await round();
    answer = { status: null };
    const [message] = await messages();
    await unwrap(world.admin.v1.webhooks.messages[':message'].replay.$post({ param: { message: message?.id ?? '' } }));
    days(31);
    await world.api.sweep();
    expect(await messages()).toMatchObject([{ state: 'waiting' }]);
    answer = { status: 410 };
    await round();
    await world.api.sweep();
    expect(await messages()).toEqual([]);
  });
});
