import { expect, test } from 'vitest';
import type { Task } from '../docker/tasks.ts';
import { isWhole, progressText, standingOf, standingText } from './service-tasks.ts';

const taskOf = (
  place: number | string,
  state: string,
  wanted = state === 'running' ? 'running' : 'shutdown',
): Task => ({
  ID: `${place} ${state}`,
  DesiredState: wanted,
  Status: { State: state },
  NetworksAttachments: [],
  ...(typeof place === 'number' ? { Slot: place } : { NodeID: place }),
});
const replicated = (Condition: string, Replicas: number) => ({
  Spec: { Name: 'web', Labels: {}, Mode: { Replicated: { Replicas } }, TaskTemplate: { RestartPolicy: { Condition } } },
});
const everywhere = (Condition: string) => ({
  Spec: { Name: 'web', Labels: {}, Mode: { Global: {} }, TaskTemplate: { RestartPolicy: { Condition } } },
});

test('tasks that have ended well count where the service has them end', () => {
  const tasks = [taskOf(1, 'complete'), taskOf(2, 'running')];
  for (const condition of ['none', 'on-failure']) {
    const standing = standingOf(replicated(condition, 2), tasks);
    expect({ text: standingText(standing), whole: isWhole(standing) }).toEqual({
      text: '1 running, 1 ended with exit code 0',
      whole: true,
    });
  }
  expect(isWhole(standingOf(replicated('any', 2), tasks))).toBe(false);
});

test('one that failed, or whose place another one has taken, does not', () => {
  expect(isWhole(standingOf(replicated('none', 2), [taskOf(1, 'complete'), taskOf(2, 'failed')]))).toBe(false);
  const again = [taskOf(1, 'complete'), taskOf(1, 'starting', 'running')];
  expect(standingOf(replicated('none', 1), again)).toEqual({ running: 0, ended: 0, wanted: 1 });
});

test('a global one is whole when they have ended on every node', () => {
  expect(standingOf(everywhere('none'), [taskOf('h1', 'complete'), taskOf('h2', 'running')])).toEqual({
    running: 1,
    ended: 1,
    wanted: 2,
  });
  expect(isWhole(standingOf(everywhere('none'), []))).toBe(false);
});

test('who watches is told how many run, and what the others are at', () => {
  const on = (place: number, state: string): Task => taskOf(place, state, 'running');
  const tasks = [on(1, 'running'), on(2, 'preparing'), on(3, 'preparing'), on(4, 'pending'), taskOf(5, 'rejected')];
  expect(progressText(standingOf(replicated('any', 5), tasks), tasks)).toBe(
    '1 of 5 run, 2 pull the image, 1 wait for a node',
  );
  expect(progressText(standingOf(everywhere('any'), []), [])).toBe('0 run');
});
