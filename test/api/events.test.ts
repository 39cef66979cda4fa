import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { unwrap, unwrapStream } from '#api/client.ts';
import { startApi } from '#api/node.ts';
import { bareHosts } from '#core/testing/observations.ts';
import { apply, demoProposed, plan, show } from './demo.ts';
import { FakeWorker } from './fake-worker.ts';
import { admin, worker, world, worldForEachTest } from './the-world.ts';

worldForEachTest(() => demoProposed(admin));

const bare = bareHosts('h1', 'h2', 'h3');

const open = (id: string, after = 0, signal?: AbortSignal) =>
  unwrapStream(
    admin.v1.operations[':id'].events.$get(
      { param: { id }, query: {}, header: { 'last-event-id': String(after) } },
      { headers: { accept: 'text/event-stream' }, ...(signal === undefined ? {} : { init: { signal } }) },
    ),
  );

/** The messages of a stream, one text each; comments too. */
async function* messages(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    rest += decoder.decode(chunk, { stream: true });
    const parts = rest.split('\n\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
}

async function endOf(stream: AsyncGenerator<string>): Promise<string> {
  for (;;) {
    const next = await stream.next().catch(() => ({ done: true }));
    if (next.done === true) return 'ended';
  }
}

const idOf = (message: string): number => Number(/^id: (\d+)$/m.exec(message)?.[1]);
const all = async (stream: ReadableStream<Uint8Array>): Promise<string[]> => {
  const found: string[] = [];
  for await (const message of messages(stream)) if (!message.startsWith(':')) found.push(message);
  return found;
};

describe('the event stream', () => {
  test('tells what happens as it happens, and ends with the operation', async () => {
    const { id } = await apply(admin);
    const watching = all(await open(id));
    await worker.run(id, bare);
    const told = await watching;
    expect(told.map(idOf)).toEqual(told.map((_, at) => at + 1));
    const kinds = told.map((message) => /^event: (.+)$/m.exec(message)?.[1]);
    expect(kinds.slice(0, 3)).toEqual(['state', 'state', 'planned']);
    expect(kinds).not.toContain('ended');
    expect(told.at(-1)).toContain('"state":"succeeded"');
  });

  test('goes on after the last event that was seen', async () => {
    const { id } = await apply(admin);
    const first = messages(await open(id));
    await worker.take(id);
    const seen: string[] = [];
    for await (const message of first) {
      seen.push(message);
      if (seen.length === 2) break;
    }
    const planned = await worker.observe(bare);
    if (planned.kind !== 'planned') throw new Error('refused');
    await worker.runSteps(planned.plan);
    const rest = all(await open(id, idOf(seen[1] ?? '')));
    await worker.end();
    const ids = [...seen.map(idOf), ...(await rest).map(idOf)];
    expect(ids).toEqual(ids.map((_, at) => at + 1));
    expect(ids).toHaveLength(planned.plan.steps.length * 2 + 4);
  });

  test('of an operation that is over is told from the record and closed', async () => {
    const { id } = await plan(admin);
    await worker.run(id, bare);
    expect(await all(await open(id))).toHaveLength(4);
    expect(await all(await open(id, 4))).toEqual([]);
  });

  test('that is silent carries comments, so that nobody takes it for dead', async () => {
    const { id } = await apply(admin);
    const stream = messages(await open(id));
    expect((await stream.next()).value).toContain('"queued"');
    expect((await stream.next()).value).toMatch(/^: /);
    await stream.return(undefined);
  });

  test('sees what another process commits', async () => {
    const { id } = await plan(admin);
    const watching = all(await open(id));
    const other = await startApi({ dataDir: world.dataDir, listen: null, osUser: 'ada', log: () => {} });
    try {
      expect(other.adminToken).toBeUndefined();
      expect(other.workerToken).toBe(world.api.workerToken);
      const client = world.clientOf(other.workerToken);
      const elsewhere = new FakeWorker(client, 'wrk_elsewhere');
      await elsewhere.run(id, bare);
      expect((await watching).at(-1)).toContain('"succeeded"');
    } finally {
      await other.close();
    }
  });

  test('stops working when its reader is gone', async () => {
    const { id } = await apply(admin);
    const gone = new AbortController();
    const stream = messages(await open(id, 0, gone.signal));
    await stream.next();
    gone.abort(new Error('gone'));
    await expect(Promise.race([endOf(stream), delay(2000, 'still open')])).resolves.toBe('ended');
  });

  test('of nothing is a problem, not a stream', async () => {
    await expect(open('op_nothing')).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('events as JSON', () => {
  test('come in pages after an id', async () => {
    const { id } = await plan(admin);
    await worker.run(id, bare);
    const get = (after: string) =>
      unwrap(admin.v1.operations[':id'].events.$get({ param: { id }, query: { after }, header: {} }));
    expect((await get('0')).items.map((event) => event.id)).toEqual([1, 2, 3, 4]);
    expect((await get('2')).items.map((event) => event.id)).toEqual([3, 4]);
    expect((await get('4')).next).toBeNull();
  });
});

describe('?wait=', () => {
  test('answers when the operation ends', async () => {
    const { id } = await plan(admin);
    const waiting = unwrap(admin.v1.operations[':id'].$get({ param: { id }, query: { wait: '20' } }));
    await worker.run(id, bare);
    expect((await waiting).state).toBe('succeeded');
  });

  test('answers after that time all the same', async () => {
    const { id } = await plan(admin);
    const started = performance.now();
    const view = await unwrap(admin.v1.operations[':id'].$get({ param: { id }, query: { wait: '0.3' } }));
    expect(view.state).toBe('queued');
    expect(performance.now() - started).toBeGreaterThan(250);
    expect((await show(admin, id)).state).toBe('queued');
  });
});
