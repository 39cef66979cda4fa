import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { noColours } from '#cli/output/paint.ts';
import { makeSession } from '#cli/session.ts';
import type { Step } from '#core/step.ts';
import { displayFor } from './display.ts';
import { nothingYet, type Progress, type StepProgress } from './progress.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-10-04T08:00:10Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A session whose `talk` is a terminal or a pipe that remembers what was written. */
function remembered(isTerminal: boolean, verbose = false) {
  const written: string[] = [];
  const terminal = {
    isTerminal,
    paint: noColours,
    write: (text: string) => void written.push(text),
    columns: () => (isTerminal ? 60 : undefined),
    rows: () => 24,
  };
  const session = makeSession({
    flags: { output: 'table', color: false, verbose },
    config: {
      url: undefined,
      token: undefined,
      dataDir: '/nonexistent',
      noColour: true,
      debug: false,
      variable: () => undefined,
    },
    out: terminal,
    err: terminal,
    canAsk: false,
    connection: () => ({ url: '', token: '' }),
  });
  return { session, taken: () => written.splice(0).join('') };
}

const step = (host: string): Step => ({
  id: `join-worker:${host}`,
  kind: 'join-worker',
  host,
  after: [],
  args: { via: 'h1', remoteAddr: '', advertiseAddr: '10.0.0.2', dataPathAddr: null },
});
const progressOf = (
  one: Partial<StepProgress>,
  other: Partial<StepProgress>,
  rest: Partial<Progress> = {},
): Progress => {
  const base = { state: 'waiting' as const, startedAtMs: null, outcome: null, ms: null, note: null };
  return {
    ...nothingYet(),
    state: 'running',
    startedAtMs: Date.now() - 3400,
    steps: [
      { id: 'a', step: step('h2'), ...base, ...one },
      { id: 'b', step: step('h3'), ...base, ...other },
    ],
    ...rest,
  };
};
const ended = { state: 'ended' as const, outcome: { kind: 'done' as const }, ms: 1200 };
const running = { state: 'running' as const, startedAtMs: Date.parse('2026-10-04T08:00:09.200Z') };

test('on a terminal ended steps stay and running ones are drawn again, cut to the window', () => {
  const { session, taken } = remembered(true);
  const display = displayFor(session);
  display.update(progressOf(ended, { ...running, note: 'waiting for the engine to say that it is a member' }));
  expect(taken()).toBe(
    [
      '✓    1.2 s  h2: join as a worker through h1, advertising',
      '            10.0.0.2',
      '⠋   800 ms  h3: join as a worker through h1, advertising 1…',
      '⠋ 1 of 2 steps, 3.4 s',
    ].join('\n'),
  );
  vi.advanceTimersByTime(100);
  expect(taken()).toContain('⠙   900 ms  h3: join');
  display.away(5000);
  expect(taken()).toContain('The control plane does not answer (5.0 s); trying');
  display.update(progressOf(ended, ended, { state: 'succeeded', endedAtMs: Date.now() }));
  display.close(true);
  expect(taken()).toMatch(/h3: join as a worker.*\n.*✓ Done: 2 steps, 3\.\d s\n$/s);
});

test('on a terminal the digest of an image is as short as in the plan', () => {
  const { session, taken } = remembered(true);
  const display = displayFor(session);
  const step: Step = {
    id: 'update-service:web',
    kind: 'update-service',
    host: null,
    after: [],
    args: { service: 'web', id: 's1', spec: {}, changes: [`image nginx:1@sha256:${'a'.repeat(64)} → nginx:2`] },
  };
  display.update(progressOf({ ...ended, id: step.id, step }, running));
  expect(taken()).toContain('(aaaaaaaaaaaa) → nginx:2');
  display.close(false);
});

test('on a pipe there is a line per ended step and now and then one for what still runs', () => {
  const { session, taken } = remembered(false);
  const display = displayFor(session);
  display.update(progressOf(ended, running));
  display.update(progressOf(ended, running));
  expect(taken()).toBe('✓    1.2 s  h2: join as a worker through h1, advertising 10.0.0.2\n');
  vi.advanceTimersByTime(30_000);
  expect(taken()).toBe('… still running: h3: join as a worker through h1, advertising 10.0.0.2\n');
  display.close(true);
  expect(taken()).toBe('');
});

test('notes are told on a pipe with --verbose, each once', () => {
  const { session, taken } = remembered(false, true);
  const display = displayFor(session);
  display.update(progressOf({ ...running, note: 'pulling nginx' }, {}));
  display.update(progressOf({ ...running, note: 'pulling nginx' }, {}));
  display.close(false);
  expect(taken()).toBe('  h2: join as a worker through h1, advertising 10.0.0.2: pulling nginx\n');
});

test('notes of no step are told beside the spinner while nothing else runs, and on a pipe with --verbose', () => {
  const looking: Progress = { ...nothingYet(), state: 'running', startedAtMs: Date.now(), notes: ['h2: loading'] };
  const live = remembered(true);
  const display = displayFor(live.session);
  display.update(looking);
  expect(live.taken()).toContain('looking at the hosts, 0 ms  h2: loading');
  display.update(progressOf(running, running, { notes: looking.notes }));
  expect(live.taken()).not.toContain('loading');
  display.close(false);
  const piped = remembered(false, true);
  const lines = displayFor(piped.session);
  lines.update(looking);
  lines.update({ ...looking, notes: [...looking.notes, 'looking closer'] });
  lines.close(false);
  expect(piped.taken()).toBe('  h2: loading\n  looking closer\n');
});

test('a line that is printed on the way is broken at words to the window', () => {
  const { session, taken } = remembered(true);
  const display = displayFor(session);
  display.print(['Plan for cluster demo, revision 32: nothing to do, the cluster is as the spec says.']);
  expect(taken()).toContain('nothing to do, the\ncluster is as the spec says.');
  display.close(false);
});
