import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { verifyChain } from '#core/audit/chain.ts';
import { update } from '#db/change.ts';
import type { D1Port } from '#db/d1-port.ts';
import { d1Store } from '#db/d1.ts';
import { hosts } from '#db/schema/index.ts';
import { sha256 } from '#db/sha256-web.ts';
import { type D1Harness, startD1 } from './d1-harness.ts';
import { addHost, addOperation, eventOf } from './rows.ts';

let harness: D1Harness;
let name: string;
let port: D1Port;
beforeAll(async () => {
  harness = await startD1(20);
});
beforeEach(async () => {
  ({ name, port } = await harness.database());
});
afterAll(() => harness.close());

const open = (database: D1Port = port) => d1Store({ database, now: Date.now });
const run = (sql: string) => port.batch([port.prepare(sql)]);

describe('several writers of one D1 database', () => {
  test('exclude each other: nothing is lost, nothing is written twice, the chain is whole', async () => {
    const stores = [open(), open(), open()];
    await Promise.all(
      stores.flatMap((store, writer) =>
        Array.from({ length: 8 }, (_, index) =>
          store.commit({ changes: [addHost(`h${writer}-${index}`)], events: [eventOf(`h${writer}-${index}`)] }),
        ),
      ),
    );
    expect(await open().read.$count(hosts)).toBe(24);
    expect(await verifyChain(open().links(), sha256)).toMatchObject({ ok: true, events: 24 });
  });

  test('do not disturb a commit without events', async () => {
    const [one, two] = [open(), open()];
    await one.commit({ changes: [], events: [eventOf('h1')] });
    await two.commit({ changes: [], events: [eventOf('h2')] });
    await one.commit({ changes: [addHost('h1')], events: [] });
    await one.commit({ changes: [], events: [eventOf('h3')] });
    expect(await verifyChain(one.links(), sha256)).toMatchObject({ ok: true, events: 3 });
  });
});

describe('a link to D1 that breaks', () => {
  /** Breaks the link at the batches of the given numbers, before or after D1 has done the work. */
  function breaking(when: 'before' | 'after', ...numbers: number[]): { database: D1Port; batches: () => number } {
    let count = 0;
    const database: D1Port = {
      prepare: (sql) => port.prepare(sql),
      async batch(statements) {
        const broken = numbers.includes(++count);
        if (broken && when === 'before') throw new Error('D1_ERROR: Network connection lost.');
        const answers = await port.batch(statements);
        if (broken) throw new Error('D1_ERROR: Network connection lost.');
        return answers;
      },
    };
    return { database, batches: () => count };
  }
  const unit = { changes: [addOperation('op_1')], events: [eventOf('h1'), eventOf('h1')], dispatch: ['op_1'] };

  test('after the work was done does it once and answers as if nothing had been', async () => {
    const { database, batches } = breaking('after', 1);
    const store = open(database);
    const committed = await store.commit(unit);
    expect(committed).toMatchObject({ sequences: [1, 2], doorbells: [{ operation: 'op_1', number: 1 }] });
    expect(batches()).toBe(1);
    await store.commit({ changes: [], events: [eventOf('h2')] });
    expect(await verifyChain(store.links(), sha256)).toMatchObject({ ok: true, events: 3 });
  });

  test('before the work was done does it at the next try', async () => {
    const { database, batches } = breaking('before', 1, 2);
    const store = open(database);
    expect(await store.commit(unit)).toMatchObject({ sequences: [1, 2] });
    expect(batches()).toBe(3);
    expect(await verifyChain(store.links(), sha256)).toMatchObject({ ok: true, events: 2 });
  });

  test('in a commit without events says that it is not known', async () => {
    const store = open(breaking('after', 1).database);
    await expect(store.commit({ changes: [addHost('h1')], events: [] })).rejects.toMatchObject({
      code: 'audit_unavailable',
      done: expect.stringContaining('not known'),
    });
    await store.commit({ changes: [addHost('h2')], events: [eventOf('h2')] });
  });

  test('for good is refused after a bounded number of tries', async () => {
    const all = Array.from({ length: 100 }, (_, index) => index + 1);
    const { database, batches } = breaking('before', ...all);
    await expect(open(database).commit(unit)).rejects.toMatchObject({ code: 'audit_unavailable' });
    expect(batches()).toBe(12);
  });
});

describe('the schema of a D1 database', () => {
  test('applied twice by wrangler is applied once', async () => {
    const store = open();
    await store.commit({ changes: [addHost('h1')], events: [eventOf('h1')] });
    await harness.migrate(name);
    expect(await store.read.$count(hosts)).toBe(1);
  });

  test('that is missing is refused with what to do', async () => {
    const { port: bare } = await harness.database({ migrate: false });
    await expect(open(bare).commit({ changes: [], events: [eventOf('h1')] })).rejects.toMatchObject({
      code: 'conflict',
      next: expect.stringContaining('wrangler d1 migrations apply'),
    });
  });

  test.each([
    ['newer', 99, 'Deploy'],
    ['older', 1, 'migrations apply'],
  ])('that is %s than the code is refused', async (_which, number, next) => {
    await run(`update meta set value = '${number}' where key = 'schema'`);
    await expect(open().commit({ changes: [], events: [] })).rejects.toMatchObject({
      code: 'conflict',
      next: expect.stringContaining(next),
    });
  });

  test('does not need foreign keys to be switched on: D1 always keeps them', async () => {
    const store = open();
    await store.commit({ changes: [addHost('h1')], events: [] });
    const orphan = update(hosts).set({ cluster: 'nowhere' });
    await expect(store.commit({ changes: [orphan], events: [] })).rejects.toMatchObject({ code: 'conflict' });
  });
});
