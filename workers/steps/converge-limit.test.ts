import { expect, test } from 'vitest';
import { convergeLimitMs, rollBackLimitMs, timeFor } from './converge-limit.ts';

const limitOf = (spec: Record<string, unknown>, container: Record<string, unknown> = {}): number =>
  convergeLimitMs({ TaskTemplate: { ContainerSpec: container }, Mode: { Replicated: { Replicas: 4 } }, ...spec }, 7);
const s = 1e9;

test('a service that says nothing of time has two minutes to run', () => {
  expect(limitOf({})).toBe(120_000);
  expect(limitOf({ TaskTemplate: {} })).toBe(120_000);
  expect(limitOf({ UpdateConfig: { Parallelism: 1, FailureAction: 'pause' } })).toBe(120_000);
});

test('its first health check and its grace are waited for', () => {
  expect(limitOf({}, { Healthcheck: { Interval: 30 * s, StartPeriod: 20 * s }, StopGracePeriod: 10 * s })).toBe(
    180_000,
  );
});

test('tasks that are updated one after the other are waited for, each', () => {
  const times = { Delay: 10 * s, Monitor: 5 * s };
  expect(limitOf({ UpdateConfig: { ...times, Parallelism: 1 } })).toBe(165_000);
  expect(limitOf({ UpdateConfig: { ...times, Parallelism: 2 } })).toBe(145_000);
  expect(limitOf({ UpdateConfig: { ...times, Parallelism: 0 } })).toBe(135_000);
  expect(limitOf({ UpdateConfig: { ...times, Parallelism: 1 }, Mode: { Global: {} } })).toBe(195_000);
});

test('no longer than a step may take', () => {
  expect(limitOf({ UpdateConfig: { Parallelism: 1, Delay: 600 * s } })).toBe(420_000);
});

test('the way back has its own pauses, and less time', () => {
  const spec = { TaskTemplate: { ContainerSpec: {} }, Mode: { Replicated: { Replicas: 4 } } };
  expect(rollBackLimitMs(spec, 7)).toBe(60_000);
  expect(rollBackLimitMs({ ...spec, RollbackConfig: { Parallelism: 1, Delay: 5 * s } }, 7)).toBe(80_000);
  expect(rollBackLimitMs({ ...spec, RollbackConfig: { Parallelism: 1, Delay: 500 * s } }, 7)).toBe(150_000);
});

test('the time in which an image is pulled does not count', () => {
  const isOver = timeFor(120_000, 1000);
  expect([isOver(120_999, false), timeFor(120_000, 1000)(121_000, false)]).toEqual([false, true]);
  expect(isOver(200_000, true)).toBe(false);
  expect([isOver(319_999, false), isOver(320_000, false)]).toEqual([false, true]);
});
