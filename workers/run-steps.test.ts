import { expect, test } from 'vitest';
import type { Outcome, Step } from '#core/step.ts';
import { runSteps, type StepTurn } from './run-steps.ts';

const step = (id: string, ...after: string[]): Step => ({
  id,
  kind: 'prepare-host',
  host: id,
  args: { joins: true },
  after,
});
const done: Outcome = { kind: 'done' };
const failed: Outcome = { kind: 'failed', error: { code: 'step_failed', message: 'no' }, findings: [] };

/** Runs steps with the outcomes given, and tells in which order they began and ended. */
async function trace(
  steps: Step[],
  options: { outcomes?: Record<string, Outcome>; ledger?: Record<string, Outcome>; mayStart?: () => boolean } = {},
): Promise<{ events: string[]; notStarted: string[] }> {
  const events: string[] = [];
  const result = await runSteps({
    steps,
    ledger: options.ledger ?? {},
    mayStart: options.mayStart ?? (() => true),
    execute: async ({ id }) => {
      events.push(`${id} begins`);
      await Promise.resolve();
      events.push(`${id} ends`);
      return options.outcomes?.[id] ?? done;
    },
  });
  return { events, notStarted: result.notStarted.map(({ id }) => id) };
}

test('steps run side by side once what they wait for is done', async () => {
  const { events } = await trace([step('init'), step('h2', 'init'), step('h3', 'init'), step('verify', 'h2', 'h3')]);
  expect(events.slice(0, 4)).toEqual(['init begins', 'init ends', 'h2 begins', 'h3 begins']);
  expect(events.slice(-2)).toEqual(['verify begins', 'verify ends']);
});

test('after a failure nothing new begins, and what runs is waited for', async () => {
  const { events, notStarted } = await trace([step('a'), step('b'), step('c', 'b'), step('d', 'a')], {
    outcomes: { a: failed },
  });
  expect(events).toContain('b ends');
  expect(notStarted).toEqual(['c', 'd']);
});

test('steps that an earlier lease finished are not run again; those that failed are', async () => {
  const { events } = await trace([step('a'), step('b', 'a')], { ledger: { a: { kind: 'already-done' }, b: failed } });
  expect(events).toEqual(['b begins', 'b ends']);
});

test('a reason to stop lets nothing more begin', async () => {
  let stop = false;
  const { events, notStarted } = await trace([step('a'), step('b', 'a')], {
    mayStart: () => {
      const may = !stop;
      stop = true;
      return may;
    },
  });
  expect(events).toEqual(['a begins', 'a ends']);
  expect(notStarted).toEqual(['b']);
});

const init: Step = {
  id: 'init',
  kind: 'init-swarm',
  host: 'h1',
  args: {
    cluster: 'demo',
    advertiseAddr: '10.79.0.1',
    dataPathAddr: null,
    dataPathPort: 4789,
    addressPools: [],
    subnetSize: 24,
  },
  after: [],
};
const joinArgs = { via: 'h1', remoteAddr: '10.79.0.1:2377', advertiseAddr: '10.79.0.2', dataPathAddr: null };
const worker: Step = { id: 'worker', kind: 'join-worker', host: 'h2', args: joinArgs, after: ['init'] };
const manager: Step = { id: 'manager', kind: 'join-manager', host: 'h3', args: joinArgs, after: ['init'] };

/** Runs an init that opens the way for workers before it ends with an outcome, and two joins that wait for it. */
async function opened(
  outcome: () => Outcome,
  options: { after?: Step[]; mayStart?: () => boolean } = {},
): Promise<{ events: string[]; notStarted: string[] }> {
  const events: string[] = [];
  const execute = async ({ id }: Step, turn: StepTurn): Promise<Outcome> => {
    events.push(`${id} begins${turn.beganEarly ? ' early' : ''}`);
    if (id === 'init') {
      turn.open('join-worker');
      for (let ticks = 0; ticks < 20; ticks += 1) await Promise.resolve();
      events.push('init ends');
      return outcome();
    }
    const wentWell = await turn.before();
    events.push(`${id} goes ${wentWell ? 'on' : 'no further'}`);
    return wentWell ? done : failed;
  };
  const steps = [init, worker, manager, ...(options.after ?? [])];
  const result = await runSteps({ steps, ledger: {}, mayStart: options.mayStart ?? (() => true), execute });
  return { events, notStarted: result.notStarted.map(({ id }) => id) };
}

test('a step that opens the way lets those that it names begin, and they go on once it has ended well', async () => {
  const { events } = await opened(() => done);
  expect(events.slice(0, 3)).toEqual(['init begins', 'worker begins early', 'init ends']);
  expect(events.slice(3).toSorted()).toEqual(['manager begins', 'manager goes on', 'worker goes on']);
});

test('what began on an open mark is told when the step before it did not end well, and nothing else begins', async () => {
  const { events, notStarted } = await opened(() => failed);
  expect(events).toEqual(['init begins', 'worker begins early', 'init ends', 'worker goes no further']);
  expect(notStarted).toEqual(['manager']);
});

test('a bug in the step that opened the way is thrown on after what began early has ended', async () => {
  const events: string[] = [];
  const run = runSteps({
    steps: [init, worker],
    ledger: {},
    mayStart: () => true,
    execute: async ({ id }, turn) => {
      if (id === 'init') {
        turn.open('join-worker');
        throw new Error('bug');
      }
      events.push(`${id} goes ${(await turn.before()) ? 'on' : 'no further'}`);
      return failed;
    },
  });
  await expect(run).rejects.toThrow('bug');
  expect(events).toEqual(['worker goes no further']);
});

test('a step waits for all that it stands after: one open mark is not enough', async () => {
  const both: Step = { ...worker, id: 'both', after: ['init', 'manager'] };
  const { events } = await opened(() => done, { after: [both] });
  expect(events.indexOf('both begins')).toBeGreaterThan(events.indexOf('manager goes on'));
});

test('an open mark lets nothing begin when there is a reason to stop', async () => {
  let asked = 0;
  const { events, notStarted } = await opened(() => done, { mayStart: () => (asked += 1) === 1 });
  expect(events).toEqual(['init begins', 'init ends']);
  expect(notStarted).toEqual(['worker', 'manager']);
});
