import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { checkedCheckpoint } from '#core/audit/checkpoint.ts';
import { parseVerifier } from '#core/audit/signed-note.ts';
import { changedFromExpected } from '#db/audit/expected-triggers.ts';
import { schemaNumber } from '#db/schema-number.ts';
import { d1Query } from '#db/d1-port.ts';
import { d1Store } from '#db/d1.ts';
import { until } from '#lab/wait.ts';
import { eventOf } from '#test/contract/rows.ts';
import { createEdgeWorld, type EdgeWorld } from '#test/edge-world.ts';

/* The record at the edge: who signs it, when, and what happens when somebody has been at the database. */

let edge: EdgeWorld;
beforeAll(async () => {
  edge = await createEdgeWorld();
});
afterAll(() => edge.close());

const verify = (anchor?: string) =>
  unwrap(edge.admin.v1.audit.verify.$get({ query: anchor === undefined ? {} : { anchor } }));
const key = () => unwrap(edge.admin.v1.audit.key.$get());
const look = () => unwrap(edge.admin.v1.audit.$get({ query: { limit: '1' } }));
const headOf = async (): Promise<number> =>
  Number((await d1Query(edge.database)('select max(sequence) from audit_events', []))[0]?.[0]);
const sizeOf = (note: string | null): number => Number(note?.split('\n')[1] ?? 0);

describe('checkpoints', () => {
  test('are signed by the call of every minute while none is there, and then every ten minutes', async () => {
    await look();
    expect((await key()).checkpoint).toBeNull();
    await edge.minute();
    const { checkpoint, verifier } = await key();
    expect(sizeOf(checkpoint)).toBeGreaterThan(0);
    const parsed = await parseVerifier(verifier);
    if (parsed === null || checkpoint === null) throw new Error('no key, or no checkpoint');
    expect(await checkedCheckpoint(checkpoint, parsed)).toMatchObject({ ok: true });
    await look();
    await edge.minute();
    expect((await key()).checkpoint).toBe(checkpoint);
  });

  test('are signed after 256 events without waiting for the time', async () => {
    const before = sizeOf((await key()).checkpoint);
    // As another writer would: ours finds the head moved, and goes on behind it.
    const other = d1Store({ database: edge.database, now: Date.now });
    await other.commit({ changes: [], events: Array.from({ length: 256 }, (_, index) => eventOf(`h${index}`)) });
    await look();
    const signed = await until('it is signed', async () => {
      const { checkpoint } = await key();
      return sizeOf(checkpoint) > before && checkpoint;
    });
    expect(sizeOf(signed)).toBeGreaterThanOrEqual(before + 256);
  });

  test('are all in an export, and hold it together with the chain; the end is signed when somebody asks', async () => {
    const check = await verify();
    expect(check).toMatchObject({ ok: true, fault: null });
    expect(check.checkpoints).toBeGreaterThanOrEqual(3);
    expect(check.signedThrough).toBe(await headOf());
    expect(await verify((await key()).checkpoint ?? '')).toMatchObject({ ok: true });
  });

  test('are kept where a writer that is started anew finds them', async () => {
    const { checkpoint, verifier } = await key();
    await edge.restartWriter();
    expect(await key()).toMatchObject({ checkpoint, verifier });
    await look();
    expect(await verify()).toMatchObject({ ok: true });
  });
});

describe('a database of another version', () => {
  const setSchema = (number: number) => edge.run(`update meta set value = '${number}' where key = 'schema'`);
  const ready = async () => await edge.fetch(new Request('http://flotilla.test/readyz'));

  test.each([
    ['newer', schemaNumber + 1, 'which is newer than this version of Flotilla', 'Deploy the newer version.'],
    [
      'of which the last migration was not applied',
      schemaNumber - 1,
      `needs ${schemaNumber}`,
      'wrangler d1 migrations',
    ],
  ])('that is %s is written nothing into, and says what to do', async (_, number, why, next) => {
    const before = await headOf();
    await setSchema(number);
    await edge.restartWriter();
    try {
      expect(await refusedWrite()).toMatchObject({
        code: 'conflict',
        detail: expect.stringContaining(why),
        next: expect.stringContaining(next),
      });
      const answer = await ready();
      expect(answer.status).toBe(503);
      expect(await answer.json()).toMatchObject({ missing: [expect.stringContaining(why)] });
      expect(await headOf()).toBe(before);
    } finally {
      await setSchema(schemaNumber);
      await edge.restartWriter();
    }
    expect((await ready()).status).toBe(200);
    expect(await verify()).toMatchObject({ ok: true });
  });
});

describe('somebody who owns the database', () => {
  test('has triggers there that are word for word as the migrations make them', async () => {
    expect(await changedFromExpected(d1Query(edge.database))).toEqual([]);
  });

  test('and takes a trigger away is found out, and nothing is written after the next start', async () => {
    const [row] = await d1Query(edge.database)(
      "select sql from sqlite_master where type = 'trigger' and name = 'audit_events_no_update'",
      [],
    );
    await edge.run('drop trigger audit_events_no_update');
    expect((await verify()).fault).toMatchObject({ kind: 'triggers-missing' });
    await edge.restartWriter();
    await expect(refusedWrite()).resolves.toMatchObject({ code: 'audit_unavailable', done: 'Nothing was done.' });
    const ready = await edge.fetch(new Request('http://flotilla.test/readyz'));
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ missing: [expect.stringContaining('the record')] });
    const metrics = await edge.fetch(
      new Request('http://flotilla.test/metrics', { headers: { authorization: `Bearer ${edge.adminToken}` } }),
    );
    expect(await metrics.text()).toContain('flotilla_audit_whole 0');
    await edge.run(String(row?.[0]));
    await edge.restartWriter();
    await look();
    expect(await verify()).toMatchObject({ ok: true });
  });

  test('and changes an event before the last checkpoint is found out by checking', async () => {
    const [trigger] = await d1Query(edge.database)(
      "select sql from sqlite_master where type = 'trigger' and name = 'audit_events_no_update'",
      [],
    );
    const head = await headOf();
    await edge.run('drop trigger audit_events_no_update');
    await edge.run(`update audit_events set hash = '${'a'.repeat(64)}' where sequence = ${head - 1}`);
    await edge.run(String(trigger?.[0]));
    expect((await verify()).fault).toMatchObject({ sequence: head - 1 });
  });
});

const refusedWrite = async (): Promise<unknown> => {
  const json = { name: 'h1', address: '192.0.2.1', acceptNew: true };
  return await (await edge.admin.v1.hosts.$post({ json })).json();
};

test('what is logged there is a line of JSON for each entry, with the id of its request and without its token', async () => {
  const headers = { authorization: `Bearer ${edge.adminToken}`, 'x-request-id': 'from-the-test' };
  await edge.fetch(
    new Request(`http://flotilla.test/v1/tokens/${edge.adminToken}/revoke`, { method: 'POST', headers }),
  );
  const entries = edge.log().map((line) => Object(JSON.parse(line)) as Record<string, unknown>);
  expect(entries.find(({ requestId }) => requestId === 'from-the-test')).toMatchObject({
    level: 'info',
    msg: expect.stringMatching(/^POST \/v1\/tokens\/flt_\w{12}_…\/revoke \d{3}$/),
  });
  expect(JSON.stringify(entries)).not.toContain(edge.adminToken);
});
