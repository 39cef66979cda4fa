import { expect, test } from 'vitest';
import type { LogRecord } from '#core/logs.ts';
import { atMost, batchesOf } from './batches.ts';

const line = (text: string): LogRecord => ({ type: 'line', name: 'web.1', host: 'h1', at: '', stream: 'stdout', text });
const end: LogRecord = { type: 'end', lines: 0 };

test('an answer travels in parts, in order, and the last one says so', () => {
  const records = [...Array.from({ length: 40 }, (_, n) => line(`${n} ${'x'.repeat(60_000)}`)), end];
  const batches = batchesOf(records);
  expect(batches.flatMap((batch) => batch.records)).toEqual(records);
  expect(batches.map(({ isLast }) => isLast)).toEqual([false, false, false, false, true]);
  expect(batchesOf([end])).toEqual([{ records: [end], isLast: true }]);
});

test('even a batch of nothing but escapes fits into what the API takes', () => {
  const records = Array.from({ length: 60 }, () => line('\u001B'.repeat(65_536)));
  const longest = Math.max(...batchesOf(records).map((batch) => JSON.stringify(batch).length));
  expect(longest).toBeLessThan(16_000_000);
});

test('of more tasks than one answer has room for the newest are read, and the others named', () => {
  const sources = Array.from({ length: 130 }, (_, n) => ({
    name: `web.${n}`,
    host: 'h1',
    task: `t${n}`,
    container: `c${n}`,
  }));
  const { sources: read, unseen } = atMost({ sources, unseen: [], notes: [] });
  expect(read).toEqual(sources.slice(0, 128));
  expect(unseen.map(({ name }) => name)).toEqual(['web.128', 'web.129']);
});
