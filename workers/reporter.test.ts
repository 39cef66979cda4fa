import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Report } from '#core/report.ts';
import { Reporter, type SendResult } from './reporter.ts';
import { Spool } from './spool.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flotilla-reporter-'));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

const spool = (): Spool => new Spool(folder, 'op_1');
const started = (step: string) => ({ type: 'step-started' as const, step });

/** An API that takes reports, or does not, as `answer` says at the moment. */
function recordingApi(): { taken: Report[]; answer: SendResult; send: (reports: Report[]) => Promise<SendResult> } {
  const api = {
    taken: new Array<Report>(),
    answer: 'sent' as SendResult,
    send: (reports: Report[]) => {
      if (api.answer === 'sent') api.taken.push(...reports);
      return Promise.resolve(api.answer);
    },
  };
  return api;
}

test('reports arrive once, numbered and in order', async () => {
  const api = recordingApi();
  const reporter = new Reporter({ spool: spool(), send: api.send, nextSequence: 1 });
  for (const step of ['a', 'b', 'c']) reporter.report(started(step));
  expect(await reporter.drain(1000)).toBe(true);
  expect(api.taken.map(({ sequence, body }) => [sequence, body.type === 'step-started' ? body.step : ''])).toEqual([
    [1, 'a'],
    [2, 'b'],
    [3, 'c'],
  ]);
});

test('while the API is away reports wait on disk, and are sent when it is back', async () => {
  const api = recordingApi();
  api.answer = 'away';
  const reporter = new Reporter({ spool: spool(), send: api.send, nextSequence: 1 });
  reporter.report(started('a'));
  expect(await reporter.drain(50)).toBe(false);
  expect(readFileSync(join(folder, 'op_1.ndjson'), 'utf8')).toContain('"step":"a"');
  api.answer = 'sent';
  expect(await reporter.drain(5000)).toBe(true);
  expect(api.taken).toHaveLength(1);
});

test('an API that is away at once is asked twice a second, however it is waited for', async () => {
  let asked = 0;
  const send = (): Promise<SendResult> => {
    asked += 1;
    return Promise.resolve('away');
  };
  const reporter = new Reporter({ spool: spool(), send, nextSequence: 1 });
  reporter.report(started('a'));
  expect(await reporter.drain(700)).toBe(false);
  reporter.close();
  expect(asked).toBeGreaterThan(0);
  expect(asked).toBeLessThan(4);
});

test('a worker that was killed sends what it had not sent, and goes on counting', async () => {
  const before = spool();
  for (const sequence of [1, 2, 3]) before.append({ sequence, body: { ...started(`s${sequence}`), at: 'then' } });
  writeFileSync(join(folder, 'op_1.ndjson'), '{"sequence":4,"bo', { flag: 'a' });
  const api = recordingApi();
  const reporter = new Reporter({ spool: spool(), send: api.send, nextSequence: 2 });
  reporter.report(started('new'));
  await reporter.drain(1000);
  expect(api.taken.map(({ sequence }) => sequence)).toEqual([2, 3, 4]);
});

test('a refusal stops sending for good', async () => {
  const api = recordingApi();
  api.answer = 'refused';
  const reporter = new Reporter({ spool: spool(), send: api.send, nextSequence: 1 });
  reporter.report(started('a'));
  expect(await reporter.drain(1000)).toBe(false);
  api.answer = 'sent';
  reporter.report(started('b'));
  expect(await reporter.drain(50)).toBe(false);
  expect(api.taken).toEqual([]);
});

/** An API that never takes what `isUnfit` says of a report, and tells so of every batch with such a one. */
function choosyApi(isUnfit: (report: Report) => boolean) {
  const taken: Report[] = [];
  const send = (reports: Report[]): Promise<SendResult> => {
    if (reports.some(isUnfit)) return Promise.resolve({ unfit: 'it is too large' });
    taken.push(...reports);
    return Promise.resolve('sent');
  };
  return { taken, send };
}
const ended = { type: 'step-ended' as const, step: 'a', outcome: { kind: 'done' as const }, ms: 1 };
const succeeded = { type: 'ended' as const, state: 'succeeded' as const, error: null };
const told = (reports: readonly Report[]) =>
  reports.map(({ sequence, body }) =>
    body.type === 'note' ? [sequence, body.text] : [sequence, body.type === 'ended' ? body.state : body.type],
  );
const withoutIt = [
  [1, 'step-started'],
  [2, 'What was to be told here (step-ended) was not taken: it is too large'],
  [3, 'step-started'],
  [4, 'failed'],
];

test('what the API never takes is left out and told, and then nothing has succeeded', async () => {
  const { taken, send } = choosyApi(({ body }) => body.type === 'step-ended');
  const reporter = new Reporter({ spool: spool(), send, nextSequence: 1 });
  for (const body of [started('a'), ended, started('b'), succeeded]) reporter.report(body);
  expect(await reporter.drain(1000)).toBe(true);
  expect(told(taken)).toEqual(withoutIt);
  expect(taken.at(-1)?.body).toMatchObject({ error: { code: 'audit_unavailable' } });
});

test('a worker that is killed after that does not tell the end as it was', async () => {
  const { send } = choosyApi(({ body }) => body.type !== 'step-started');
  const before = new Reporter({ spool: spool(), send, nextSequence: 1 });
  for (const body of [started('a'), ended, started('b'), succeeded]) before.report(body);
  expect(await before.drain(1000)).toBe(false);
  before.close();
  const api = recordingApi();
  await new Reporter({ spool: spool(), send: api.send, nextSequence: 1 }).drain(1000);
  expect(told(api.taken)).toEqual(withoutIt);
});

test('reports leave the way to what is more urgent, and follow a moment after it has ended', async () => {
  vi.useFakeTimers();
  const api = recordingApi();
  const reporter = new Reporter({ spool: spool(), send: api.send, nextSequence: 1 });
  reporter.report(started('a'));
  const urgent = Promise.withResolvers<string>();
  const answer = reporter.giveWayTo(urgent.promise);
  await vi.advanceTimersByTimeAsync(900);
  expect(api.taken).toEqual([]);
  urgent.resolve('planned');
  expect(await answer).toBe('planned');
  await vi.advanceTimersByTimeAsync(99);
  expect(api.taken).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(api.taken).toHaveLength(1);
});

test('but for no longer than a second', async () => {
  vi.useFakeTimers();
  const api = recordingApi();
  const reporter = new Reporter({ spool: spool(), send: api.send, nextSequence: 1 });
  void reporter.giveWayTo(new Promise(() => {}));
  reporter.report(started('a'));
  await vi.advanceTimersByTimeAsync(1000);
  expect(api.taken).toHaveLength(1);
});
