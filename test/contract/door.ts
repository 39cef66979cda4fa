import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { bareHosts } from '#core/testing/observations.ts';
import { problemSchema } from '#core/wire.ts';
import { until } from '#lab/wait.ts';
import { signatureOf } from '#slack/signature.ts';
import { apply, demoSpec, propose, show } from '#test/api/demo.ts';
import { FakeWorker } from '#test/api/fake-worker.ts';
import { addSource, demoApplied, digest, fromGithub, fromStandard, imageRule, published } from '#test/api/hooks.ts';
import { approve, setPolicy, someone } from '#test/api/people.ts';
import { addUser } from '#test/fakes/slack/workspace.ts';
import { ops, wordsOf } from '#test/slack/slack-world.ts';
import type { DoorWorld, OpenDoor } from './door-world.ts';

/** What comes in by HTTP, by Slack and by webhooks, and what becomes of it, whatever the control plane runs on. */
export const doorContract = (open: OpenDoor) =>
  describe('the door', () => {
    let world: DoorWorld;
    beforeAll(async () => {
      world = await open();
      await demoApplied(world);
    }, 120_000);
    afterAll(() => world?.close());

    const operations = async (): Promise<number> => {
      const { items } = await unwrap(world.admin.v1.operations.$get({ query: { limit: '200' } }));
      return items.length;
    };
    const record = async (q: string) => (await unwrap(world.admin.v1.audit.$get({ query: { q, limit: '50' } }))).items;
    const hook = async (request: Request) => {
      const response = await world.fetch(request);
      return { status: response.status, body: Object(await response.json()) as Record<string, unknown> };
    };

    describe('of Slack', () => {
      const post = async (body: string, more: Record<string, string> = {}) =>
        await world.bareFetch(
          new Request('http://flotilla.test/slack/events', {
            method: 'POST',
            headers: { 'content-type': 'application/x-www-form-urlencoded', ...more },
            body,
          }),
        );
      const signed = async (body: string, { secret = world.slack.workspace.signingSecret, agoS = 0 } = {}) => {
        const timestamp = String(Math.floor(Date.now() / 1000) - agoS);
        const signature = await signatureOf(secret, timestamp, body);
        return { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': signature };
      };

      test('a signed command is answered to the person who typed it', async () => {
        const { user } = await world.join('ann', 'operator');
        expect((await world.slack.command(user, ops, 'whoami')).status).toBe(200);
        await until('she is told', () =>
          world.slack.transcript(ops, user).some(({ text }) => text.includes('You are ann, with the role operator')),
        );
      });

      test('a signed command starts work once, also when it is sent again byte for byte', async () => {
        const { user } = await world.join('amy', 'operator');
        const before = await operations();
        let sent: Request | null = null;
        const { app } = world.slack;
        world.slack.app = (request) => {
          sent = request.clone();
          return app(request);
        };
        expect((await world.slack.command(user, ops, 'verify demo')).status).toBe(200);
        await until('it was accepted', async () => (await operations()) === before + 1);
        world.slack.app = app;
        if (sent === null) throw new Error('nothing was sent');
        expect((await app(sent)).status).toBe(200);
        expect(await operations()).toBe(before + 1);
        const [asked] = (await unwrap(world.admin.v1.operations.$get({ query: { limit: '1' } }))).items;
        expect(asked).toMatchObject({ kind: 'verify', actor: { via: `slack:T0FAKE/${user}` } });
      });

      test('a forged one, and one that is too old, are refused and on record', async () => {
        const body = 'command=%2Fswarm&text=status&team_id=T0FAKE';
        expect((await post(body, await signed(body, { secret: 'another' }))).status).toBe(401);
        expect((await post(body, await signed(body, { agoS: 600 }))).status).toBe(401);
        const whys = (await record('action:slack.refused')).map(({ details }) => Object(details).why);
        expect(whys).toEqual(expect.arrayContaining(['forged', 'outside-window']));
      });

      test('ssl_check and url_verification are answered as Slack wants them', async () => {
        expect((await post('ssl_check=1&token=x')).status).toBe(200);
        const body = JSON.stringify({ type: 'url_verification', challenge: 'c-1' });
        const answer = await post(body, { ...(await signed(body)), 'content-type': 'application/json' });
        expect(await answer.json()).toEqual({ challenge: 'c-1' });
      });

      test('somebody who is not linked is told how to be', async () => {
        addUser(world.slack.workspace, 'U0EVE');
        expect((await world.slack.command('U0EVE', ops, 'status')).status).toBe(200);
        await until('he is told', () =>
          world.slack
            .transcript(ops, 'U0EVE')
            .some((one) => wordsOf(one).includes('flotilla person link NAME slack T0FAKE/U0EVE')),
        );
      });
    });

    describe('of webhooks', () => {
      test('one that GitHub signed becomes an operation, and its repeat is answered with the same one', async () => {
        const source = await addSource(world, 'github');
        const body = published('a1');
        const first = await hook(await fromGithub(source, body, { id: 'gh-1' }));
        expect(first).toMatchObject({ status: 202, body: { state: 'accepted', repeated: false } });
        const again = await hook(await fromGithub(source, body, { id: 'gh-1' }));
        expect(again).toMatchObject({ status: 200, body: { operation: first.body['operation'], repeated: true } });
        // The id is not signed: the same body under another one is the same delivery.
        const renamed = await hook(await fromGithub(source, body, { id: 'gh-2' }));
        expect(renamed).toMatchObject({ status: 200, body: { operation: first.body['operation'], repeated: true } });
        expect(await show(world.admin, String(first.body['operation']))).toMatchObject({
          actor: { kind: 'ci', source: 'webhook:github' },
        });
      });

      test('one that no rule wants is taken in and starts nothing', async () => {
        const source = await addSource(world, 'unwanted', { rules: [{ ...imageRule, repository: '8' }] });
        const before = await operations();
        expect(await hook(await fromGithub(source, published('a2')))).toMatchObject({
          status: 200,
          body: { state: 'ignored', operation: null },
        });
        expect(await operations()).toBe(before);
      });

      test('one that is forged is refused as a problem, and kept as refused', async () => {
        const source = await addSource(world, 'forged');
        const answer = await hook(await fromGithub({ ...source, secret: 'wrong' }, published('a3')));
        expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
        const { items } = await unwrap(
          world.admin.v1.webhooks.deliveries.$get({ query: { source: 'forged', state: 'refused' } }),
        );
        expect(items).toHaveLength(1);
      });

      test('Standard Webhooks are taken by their signature and time', async () => {
        const rule = {
          event: 'deploy',
          repository: 'shop',
          cluster: 'demo',
          command: 'service update web --image acme/web@{digest}',
        };
        const source = await addSource(world, 'standard', { kind: 'standard', rules: [rule] });
        const body = JSON.stringify({ event: 'deploy', repository: 'shop', person: 'ann', digest: digest('b1') });
        const first = await hook(await fromStandard(source, body, { id: 'msg_a' }));
        expect(first).toMatchObject({ status: 202, body: { state: 'accepted' } });
        expect(await hook(await fromStandard(source, body, { id: 'msg_a' }))).toMatchObject({
          body: { repeated: true },
        });
        const late = await hook(await fromStandard(source, body, { id: 'msg_b', atMs: Date.now() - 3_600_000 }));
        expect(late).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
      });

      test('twenty of the same at once are one operation', async () => {
        const source = await addSource(world, 'at-once');
        const requests = await Promise.all(
          Array.from({ length: 20 }, () => fromGithub(source, published('a4'), { id: 'x' })),
        );
        const answers = await Promise.all(requests.map(hook));
        expect(new Set(answers.map(({ body }) => body['operation'])).size).toBe(1);
        expect(answers.filter(({ body }) => body['repeated'] === false)).toHaveLength(1);
      });
    });

    describe('of HTTP', () => {
      test('a plan that others have to approve waits for them, and runs once somebody has', async () => {
        const olga = await someone(world, 'olga', 'operator');
        const bob = await someone(world, 'bob', 'approver');
        const worker = new FakeWorker(world.worker);
        for (const { id, state } of (await unwrap(world.admin.v1.operations.$get({ query: { limit: '200' } }))).items)
          if (state === 'queued')
            await unwrap(world.admin.v1.operations[':id'].cancel.$post({ param: { id }, json: {} }));
        await setPolicy(world, { approvals: [{ low: 1 }] });
        await propose(olga.api, { ...demoSpec, networks: { ...demoSpec.networks, net2: { subnet: '10.200.2.0/24' } } });
        const { id } = await apply(olga.api);
        expect(await worker.run(id, bareHosts('h1', 'h2', 'h3'))).toMatchObject({ kind: 'waiting' });
        expect(await show(olga.api, id)).toMatchObject({ state: 'awaiting-approval' });
        await expect(approve(olga.api, id)).rejects.toMatchObject({ code: 'forbidden' });
        await expect(approve(bob.api, id)).resolves.toMatchObject({ state: 'approved' });
        await expect(approve(bob.api, id)).rejects.toMatchObject({ code: 'conflict' });
        expect(await worker.run(id, bareHosts('h1', 'h2', 'h3'))).toMatchObject({ kind: 'planned' });
        expect(await show(olga.api, id)).toMatchObject({ state: 'succeeded', approval: { state: 'used' } });
        await setPolicy(world, { approvals: 'none' });
      });

      test('a list is given in pages that have everything once', async () => {
        const all = (await unwrap(world.admin.v1.operations.$get({ query: { limit: '200' } }))).items.map(
          ({ id }) => id,
        );
        const paged: string[] = [];
        for (let query: { limit: string; cursor?: string } = { limit: '2' }; ;) {
          const { items, next } = await unwrap(world.admin.v1.operations.$get({ query }));
          expect(items.length).toBeLessThanOrEqual(2);
          paged.push(...items.map(({ id }) => id));
          if (next === null) break;
          query = { limit: '2', cursor: next };
        }
        expect(paged).toEqual(all);
        expect(paged.length).toBeGreaterThan(4);
      });

      const ask = async (path: string, init: RequestInit = {}, token?: string) =>
        await world.fetch(
          new Request(`http://flotilla.test${path}`, {
            ...init,
            headers: {
              'content-type': 'application/json',
              authorization: `Bearer ${token ?? ''}`,
              ...Object(init.headers),
            },
          }),
        );

      test.each([
        ['without a token', '/v1/hosts', {}, false, 401, 'unauthenticated'],
        ['for nothing that is there', '/v1/nothing', {}, true, 404, 'not_found'],
        ['with a body that is no JSON', '/v1/hosts', { method: 'POST', body: '{' }, true, 400, 'invalid_input'],
        [
          'with another media type',
          '/v1/hosts',
          { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain' } },
          true,
          400,
          'invalid_input',
        ],
        ['with what is not valid', '/v1/hosts', { method: 'POST', body: '{"name":"Ä"}' }, true, 400, 'invalid_input'],
        [
          'with a body over the limit',
          '/v1/hosts',
          { method: 'POST', body: `"${'x'.repeat(1_100_000)}"` },
          true,
          413,
          'payload_too_large',
        ],
      ])('a request %s is answered with a problem', async (_, path, init, isAdmin, status, code) => {
        const { token } = await unwrap(world.admin.v1.tokens.$post({ json: { label: 'asker' } }));
        const answer = await ask(path, init, isAdmin ? token : undefined);
        const problem = problemSchema.parse(await answer.json());
        expect([answer.status, problem.code]).toEqual([status, code]);
        expect(answer.headers.get('content-type')).toBe('application/problem+json');
        expect(problem.instance).toBe(`urn:flotilla:request:${answer.headers.get('x-request-id')}`);
      });

      test('a request brings its id, or gets one; nobody takes one of ours', async () => {
        const idOf = async (id: string) =>
          (await ask('/healthz', { headers: { 'x-request-id': id } })).headers.get('x-request-id');
        expect(await idOf('release-2026-11')).toBe('release-2026-11');
        for (const id of ['req_0123456789', 'short', 'a b c d e f g', 'x'.repeat(65)])
          expect(await idOf(id)).toMatch(/^req_/);
      });

      test('a request that is sent again under its key is done once', async () => {
        const before = await operations();
        const { token } = await unwrap(world.admin.v1.tokens.$post({ json: { label: 'keyed' } }));
        const init = { method: 'POST', body: '{}', headers: { 'idempotency-key': '"key-of-a-plan"' } };
        const [first, again] = [
          await ask('/v1/clusters/demo/plans', init, token),
          await ask('/v1/clusters/demo/plans', init, token),
        ];
        expect([first.status, again.status, again.headers.get('idempotency-replayed')]).toEqual([202, 202, 'true']);
        expect(await again.text()).toBe(await first.text());
        expect(await operations()).toBe(before + 1);
      });
    });

    test('what all of it left behind is one whole record', async () => {
      expect(await unwrap(world.admin.v1.audit.verify.$get({ query: {} }))).toMatchObject({ ok: true, fault: null });
    });
  });
