import { describe, expect, test } from 'vitest';
import { type Client, unwrap, unwrapStream } from '#api/client.ts';
import { auditEventSchema } from '#core/audit.ts';
import { bareHosts } from '#core/testing/observations.ts';
import { linkOf, verifyChain } from '#core/audit/chain.ts';
import { sha256 } from '#db/sha256-node.ts';
import { apply, cluster, demoProposed } from './demo.ts';
import { FakeWorker } from './fake-worker.ts';
import { admin, world, worldForAllTests } from './the-world.ts';

let operation = '';
worldForAllTests(async () => {
  await demoProposed(admin);
  ({ id: operation } = await apply(admin));
  await new FakeWorker(world.worker).run(operation, bareHosts('h1', 'h2', 'h3'));
  const viewer = await world.clientFor('viewer');
  await unwrap(viewer.v1.hosts[':name'].$delete({ param: { name: 'h1' } })).catch(() => {});
});

type Query = Parameters<Client['v1']['audit']['$get']>[0]['query'];
const actions = async (query: Query) =>
  (await unwrap(admin.v1.audit.$get({ query }))).items.map(({ action }) => action);
const exported = async (query: Query = {}) => {
  const text = await new Response(await unwrapStream(admin.v1.audit.export.$get({ query }))).text();
  const lines = text.split('\n').filter((line) => line.startsWith('{"sequence"'));
  return lines.map((line) => auditEventSchema.parse(JSON.parse(line)));
};

describe('the record', () => {
  test('tells the whole story, newest first, in pages', async () => {
    const story = [
      'operation.ended',
      'plan.accepted',
      'operation.requested',
      'revision.proposed',
      'cluster.created',
      'host.added',
      'host.added',
      'host.added',
      'token.created',
      'person.created',
      'token.created',
    ];
    expect(await actions({})).toEqual(story);
    const first = await unwrap(admin.v1.audit.$get({ query: { limit: '5' } }));
    expect(first.items.map(({ action }) => action)).toEqual(story.slice(0, 5));
    expect(await actions({ cursor: first.next ?? '' })).toEqual(story.slice(5));
  });

  test('can be asked by actor, action, cluster, operation and outcome, all of which must fit', async () => {
    const mine = ['operation.ended', 'plan.accepted', 'operation.requested'];
    expect(await actions({ operation })).toEqual(mine);
    expect(await actions({ cluster })).toEqual([...mine, 'revision.proposed', 'cluster.created']);
    expect(await actions({ actor: 'ada', action: 'host.added' })).toHaveLength(3);
    expect(await actions({ actor: 'worker:wrk_one' })).toEqual(['operation.ended', 'plan.accepted']);
    expect(await actions({ actor: 'worker:wrk_one', outcome: 'succeeded' })).toEqual(['operation.ended']);
    expect(await actions({ outcome: 'denied' })).toEqual(['access.denied']);
    expect(await actions({ actor: 'nobody' })).toEqual([]);
  });

  test('can be asked in the query language, and says where a question cannot be read', async () => {
    expect(await actions({ q: 'actor:ada action:host.* "h2"' })).toEqual(['host.added']);
    expect(await actions({ q: 'action:operation.* -outcome:intent' })).toEqual(['operation.ended']);
    expect(await actions({ q: `op:${operation} -1h` })).toHaveLength(3);
    expect(await actions({ q: 'host:h1' })).toEqual(['host.added']);
    expect(await actions({ q: 'plan:*' })).toEqual(['plan.accepted']);
    expect(await actions({ q: 'seq:2..3' })).toHaveLength(2);
    expect(await actions({ q: 'stream:access action:access.*' })).toEqual(['access.denied']);
    expect(await actions({ q: 'action:host.* -"h2"' })).toHaveLength(2);
    await expect(actions({ q: 'actor:ada outcom:failed' })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('did you mean `outcome`?'),
    });
  });

  test('keeps looks at the record apart from acts, one event for each question', async () => {
    const looks = async () => (await actions({ q: 'action:audit.read', limit: '200' })).length;
    const before = await looks();
    expect(await looks()).toBe(before + 1);
    expect(await actions({})).not.toContain('audit.read');
  });

  test('leaves as NDJSON that can be checked anywhere, and says that it left', async () => {
    const events = await exported();
    expect(events.at(-1)).toMatchObject({ action: 'audit.exported', actor: { name: 'ada' } });
    const links = events.map((event) => linkOf(event));
    await expect(verifyChain(links, sha256)).resolves.toMatchObject({ ok: true, events: events.length });
    const forged = events.map((event) => (event.sequence === 5 ? { ...event, action: 'host.removed' } : event));
    const check = await verifyChain(
      forged.map((event) => linkOf(event)),
      sha256,
    );
    expect(check).toMatchObject({ ok: false, broken: { sequence: 5 } });
    expect((await exported({ operation })).map(({ action }) => action)).toEqual([
      'operation.requested',
      'plan.accepted',
      'operation.ended',
    ]);
  });

  test('is checked by the API itself', async () => {
    const check = await unwrap(admin.v1.audit.verify.$get({ query: {} }));
    const head = await world.api.store.head();
    expect(check).toMatchObject({ ok: true, events: head.sequence, head: head.hash, fault: null });
    expect(check).toMatchObject({ from: 1, signedThrough: head.sequence, mismatches: [] });
  });
});
