import { expect, test } from 'vitest';
import { AppError } from '#core/errors.ts';
import type { OperationEvent } from '#core/wire.ts';
import { follow, type Followed } from './follow.ts';

const event = (id: number, state: 'running' | 'succeeded' = 'running'): OperationEvent => ({
  id,
  operation: 'op_1',
  at: '2026-10-04T08:00:00Z',
  body: { type: 'state', state, error: null },
});

const streamOf = (...events: OperationEvent[]): ReadableStream<Uint8Array> =>
  ReadableStream.from(events.map((one) => new TextEncoder().encode(`id: ${one.id}\ndata: ${JSON.stringify(one)}\n\n`)));

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const unreachable = new AppError('api_unreachable', 'connection refused');
const idsOf = (items: Followed[]) => items.map((item) => (item.kind === 'event' ? item.event.id : item.kind));
const { signal } = new AbortController();

test('a dropped stream is opened again after the last event, and a repeat is told once', async () => {
  const asked: number[] = [];
  const answers = [streamOf(event(1), event(2)), streamOf(event(2), event(3, 'succeeded'))];
  const open = async (afterId: number) => {
    asked.push(afterId);
    return answers.shift() ?? Promise.reject(unreachable);
  };
  expect(idsOf(await collect(follow({ operation: 'op_1', open, signal })))).toEqual([1, 2, 'back', 3]);
  expect(asked).toEqual([0, 2]);
});

test('while the API is away it says so, and goes on when it is back', async () => {
  let calls = 0;
  const open = async () => (++calls < 3 ? Promise.reject(unreachable) : streamOf(event(1, 'succeeded')));
  expect(idsOf(await collect(follow({ operation: 'op_1', open, signal })))).toEqual(['away', 'back', 1]);
});

test('an API that stays away ends it, and the error says that the operation goes on', async () => {
  const run = collect(follow({ operation: 'op_1', open: () => Promise.reject(unreachable), signal, awayMsMax: 300 }));
  await expect(run).rejects.toMatchObject({ code: 'api_unreachable', done: expect.stringContaining('goes on') });
});

test('a refusal ends it at once', async () => {
  const open = () => Promise.reject(new AppError('not_found', 'no operation op_1'));
  await expect(collect(follow({ operation: 'op_1', open, signal }))).rejects.toMatchObject({ code: 'not_found' });
});

test('a silent stream is taken as dead and opened again', async () => {
  let calls = 0;
  const open = async (_: number, cut: AbortSignal) => {
    if (++calls > 1) return streamOf(event(1, 'succeeded'));
    return new ReadableStream<Uint8Array>({
      start: (controller) => cut.addEventListener('abort', () => controller.error(cut.reason)),
    });
  };
  expect(idsOf(await collect(follow({ operation: 'op_1', open, signal, silenceMsMax: 50 })))).toEqual(['back', 1]);
});
