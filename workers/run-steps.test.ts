import { expect, test } from 'vitest';
import type { Outcome, Step } from '#core/step.ts';
import { runSteps } from './run-steps.ts';

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
