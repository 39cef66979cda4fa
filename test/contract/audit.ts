import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { auditEventSchema } from '#core/audit.ts';
import { auditEventOf } from '#db/audit-row.ts';
import { linkOf, verifyChain } from '#core/audit/chain.ts';
import { auditEvents, hosts } from '#db/schema/index.ts';
import { sha256 } from '#db/sha256-web.ts';
import type { Store } from '#db/store.ts';
import { addHost, eventOf } from './rows.ts';
import type { OpenWorld, World } from './world.ts';

/**
 * What every store does, whatever its driver: the record and its chain. Calls that go over a network at once (`isFar`)
 * may overtake each other on the way.
 */
export const auditContract = (openWorld: OpenWorld, { isFar = false } = {}) =>
  describe('the audit chain', () => {
    let world: World;
    let store: Store;
    beforeEach(async () => {
      world = await openWorld();
      store = world.store;
    });
    afterEach(() => world.close());

    const write = (...names: string[]) => store.commit({ changes: [], events: names.map((name) => eventOf(name)) });
    const verify = () => verifyChain(store.links(), sha256);
    const withoutTrigger = async (trigger: string, ...statements: string[]) => {
      await world.tamper(`drop trigger ${trigger}`);
      for (const statement of statements) await world.tamper(statement);
    };

    describe('the record', () => {
      test('numbers events without gaps and chains each to the one before', async () => {
        await write('h1', 'h2');
        await write('h3');
        const rows = await store.read.select().from(auditEvents).orderBy(auditEvents.sequence);
        expect(rows.map(({ sequence, targetId }) => [sequence, targetId])).toEqual([
          [1, 'h1'],
          [2, 'h2'],
          [3, 'h3'],
        ]);
        expect(rows[0]?.previousHash).toBe('0'.repeat(64));
        expect(rows[1]?.previousHash).toBe(rows[0]?.hash);
        expect(rows[2]?.previousHash).toBe(rows[1]?.hash);
        const head = { sequence: 3, hash: rows[2]?.hash };
        expect(await store.head()).toEqual(head);
        expect(await verify()).toEqual({ ok: true, events: 3, head, broken: null });
      });

      test('has all of 200 parallel commits, and its chain verifies', async () => {
        const commits = await Promise.all(
          Array.from({ length: 200 }, (_, index) =>
            store.commit({ changes: [addHost(`h${index}`)], events: [eventOf(`h${index}`)] }),
          ),
        );
        const sequences = commits.flatMap((commit) => commit.sequences).sort((a, b) => a - b);
        expect(sequences).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
        expect(await store.read.$count(hosts)).toBe(200);
        const rows = await store.read.select().from(auditEvents).orderBy(auditEvents.sequence);
        for (const [index, { sequences }] of commits.entries()) {
          expect(rows[(sequences[0] ?? 0) - 1]?.targetId).toBe(`h${index}`);
        }
        expect(await verify()).toMatchObject({ ok: true, events: 200 });
      });

      test('of many at once, some of which are refused, has the others in the order in which they came', async () => {
        const results = await Promise.allSettled(
          Array.from({ length: 60 }, (_, index) => {
            const name = index % 7 === 3 ? 'h0' : `h${index}`;
            return store.commit({ changes: [addHost(name)], events: [eventOf(name), eventOf(name)] });
          }),
        );
        const written = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.sequences] : []));
        const inOrder = isFar ? written.toSorted(([a = 0], [b = 0]) => a - b) : written;
        expect(inOrder).toEqual(Array.from({ length: 51 }, (_, at) => [2 * at + 1, 2 * at + 2]));
        expect(await store.read.$count(hosts)).toBe(51);
        expect(await verify()).toMatchObject({ ok: true, events: 102 });
      });

      test('finds every event by its words as soon as it is written, also where others of its group were refused', async () => {
        const found = async (word: string) =>
          (await store.query('select rowid from audit_text where words match ? order by rowid', [word])).map(
            ([row]) => row,
          );
        await write('alone', 'beside');
        expect(await found('alone')).toEqual([1]);
        expect(await found('beside')).toEqual([2]);
        await Promise.allSettled(
          Array.from({ length: 20 }, (_, index) => {
            const name = index % 5 === 3 ? 'same' : `other${index}`;
            return store.commit({ changes: [addHost(name)], events: [eventOf(name), eventOf('also')] });
          }),
        );
        expect(await found('same')).toHaveLength(1);
        expect(await found('also')).toHaveLength(17);
        expect(await found('other19')).toHaveLength(1);
        const rows = await store.query('select count(*) from audit_text', []);
        expect(rows).toEqual([[await store.read.$count(auditEvents)]]);
      });

      test('keeps every text as it was given, but for what is no Unicode', async () => {
        const details = {
          z: 'ü\u0000"\\\u2028',
          a: [1e-7, { nested: true }],
          gone: undefined,
          lone: '\ud800',
          '': null,
        };
        const draft = eventOf('h1', { reason: 'zero \u0000 and half \udc00', cluster: 'dé"mo', details });
        await store.commit({ changes: [], events: [draft] });
        const row = await store.read.query.auditEvents.findFirst();
        expect(row?.reason).toBe('zero \u0000 and half \ufffd');
        expect(row?.details).toEqual({ '': null, a: [1e-7, { nested: true }], lone: '\ufffd', z: 'ü\u0000"\\\u2028' });
        expect(await verify()).toMatchObject({ ok: true, events: 1 });
      });

      test('says who acted in a column to filter by', async () => {
        const actors = [
          { kind: 'person', person: 'per_1', name: 'Ada', via: 'token:t1' },
          { kind: 'worker', worker: 'wrk_1', name: 'w' },
          { kind: 'ci', source: 'github', name: 'a build' },
          { kind: 'schedule', name: 'nightly' },
          { kind: 'system', name: 'sweeper' },
        ] as const;
        await store.commit({ changes: [], events: actors.map((actor) => eventOf('h1', { actor, target: null })) });
        const rows = await store.read.select().from(auditEvents).orderBy(auditEvents.sequence);
        expect(rows.map(({ actorId }) => actorId)).toEqual([
          'person:per_1',
          'worker:wrk_1',
          'ci:github',
          'schedule:nightly',
          'system:sweeper',
        ]);
        expect(rows.map((row) => auditEventOf(row).actor)).toEqual(actors);
        expect(rows.map((row) => auditEventOf(row).target)).toEqual([null, null, null, null, null]);
      });

      test('refuses details that have no JSON form, and writes nothing of that commit', async () => {
        const commit = store.commit({
          changes: [addHost('h1')],
          events: [eventOf('h1', { details: { n: Number.NaN } })],
        });
        await expect(commit).rejects.toThrow(TypeError);
        expect(await store.read.$count(hosts)).toBe(0);
      });

      test('is continued after closing and opening again', async () => {
        await write('h1');
        store = await world.reopen();
        await write('h2');
        expect(await verify()).toMatchObject({ ok: true, events: 2 });
      });

      test('verifies from a head that was kept, and from an export alone', async () => {
        await write('h1', 'h2');
        const kept = await store.head();
        await write('h3');
        expect(await verifyChain(store.links(kept), sha256, kept)).toMatchObject({ ok: true, events: 1 });

        const rows = await store.read.select().from(auditEvents).orderBy(auditEvents.sequence);
        const ndjson = rows.map((row) => JSON.stringify(auditEventOf(row)));
        const exported = ndjson.map((line) => linkOf(auditEventSchema.parse(JSON.parse(line))));
        expect(await verifyChain(exported, sha256)).toMatchObject({ ok: true, events: 3, head: await store.head() });
      });
    });

    describe('the database refuses', () => {
      test('to change an event', async () => {
        await write('h1');
        await expect(world.tamper(`update audit_events set reason = 'x'`)).rejects.toThrow('cannot be changed');
        await expect(world.tamper(`update or replace audit_events set sequence = 9`)).rejects.toThrow(
          'cannot be changed',
        );
      });

      test('to remove an event', async () => {
        await write('h1');
        await expect(world.tamper('delete from audit_events')).rejects.toThrow('cannot be removed');
      });

      test.each([
        ['with a gap', 3, 'hash'],
        ['in the place of another', 1, 'hash'],
        ['that does not follow the last', 2, `'${'0'.repeat(64)}'`],
      ])('an event %s', async (_how, sequence, previous) => {
        await write('h1');
        for (const verb of ['insert', 'insert or replace']) {
          const forged = `${verb} into audit_events (sequence, at, action, actor, source, outcome, details, previous_hash, hash)
          select ${sequence}, at, action, actor, source, outcome, details, ${previous}, hash from audit_events`;
          await expect(world.tamper(forged)).rejects.toThrow('not the next event');
        }
        expect(await verify()).toMatchObject({ ok: true, events: 1 });
      });
    });

    describe('verifying finds', () => {
      beforeEach(() => write('h1', 'h2', 'h3', 'h4'));

      test.each([
        [`reason = 'another'`],
        [`details = '{"host":"h9"}'`],
        [`details = '{ "host":"h3"}'`],
        [`actor = replace(actor, 'Ada', 'Eve')`],
        [`target_id = 'h9'`],
        ['target_kind = null'],
        [`operation = 'op_1'`],
        [`at = '2026-01-01T00:00:00.000Z'`],
        [`outcome = 'failed'`],
        [`hash = '${'a'.repeat(64)}'`],
        [`previous_hash = '${'a'.repeat(64)}'`],
        [`action = x'00ff'`],
      ])('an event that was edited: %s', async (change) => {
        await withoutTrigger('audit_events_no_update', `update audit_events set ${change} where sequence = 3`);
        expect(await verify()).toMatchObject({ ok: false, events: 2, broken: { sequence: 3, kind: 'edited' } });
      });

      test('an event that was removed', async () => {
        await withoutTrigger('audit_events_no_delete', 'delete from audit_events where sequence in (2, 3)');
        const check = await verify();
        expect(check).toMatchObject({ ok: false, events: 1, broken: { sequence: 4, kind: 'gap' } });
        expect(check.broken?.reason).toContain('2 events are missing before it, from 2 on');
      });

      test('a beginning that was removed', async () => {
        await withoutTrigger('audit_events_no_delete', 'delete from audit_events where sequence = 1');
        expect(await verify()).toMatchObject({ ok: false, events: 0, broken: { sequence: 2, kind: 'gap' } });
      });

      test('events that changed places', async () => {
        await withoutTrigger(
          'audit_events_no_update',
          'update audit_events set sequence = 99 where sequence = 2',
          'update audit_events set sequence = 2 where sequence = 3',
          'update audit_events set sequence = 3 where sequence = 99',
        );
        expect(await verify()).toMatchObject({ ok: false, events: 1, broken: { sequence: 2, kind: 'edited' } });
      });

      test('an end that was cut, by the head that was kept', async () => {
        const kept = await store.head();
        await withoutTrigger('audit_events_no_delete', 'delete from audit_events where sequence = 4');
        expect(await verify()).toMatchObject({ ok: true, events: 3 });
        expect(await store.head()).not.toEqual(kept);
      });
    });
  });
