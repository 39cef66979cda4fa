import { expect, test } from 'vitest';
import { AppError } from '#core/errors.ts';
import type { Task } from '../docker/tasks.ts';
import type { Managers } from '../steps/managers.ts';
import type { SwarmAnswers } from './ask-swarm.ts';
import { cameUpSince, comingUp, notPlaced } from './coming-up.ts';

type Asked = Parameters<typeof comingUp>[0];

/** Only what is looked at; the engine's answers have much more. */
const answersWith = (tasks: { state: string; error?: string; node?: string }[], spec = {}): Asked =>
  ({
    services: [{ ID: 's1', Spec: { Name: 'web', ...spec } }],
    nodes: [
      { ID: 'n1', Status: { State: 'ready' }, Spec: { Availability: 'active' } },
      { ID: 'n2', Status: { State: 'down' }, Spec: { Availability: 'active' } },
      { ID: 'n3', Status: { State: 'ready' }, Spec: { Availability: 'drain' } },
    ],
    tasks: tasks.map(({ state, error, node = 'n1' }) => ({
      ServiceID: 's1',
      NodeID: node,
      DesiredState: 'running',
      Status: { State: state, Err: error },
    })),
  }) as unknown as SwarmAnswers;

test('a task that is being prepared on a node that answers comes up', () => {
  expect(comingUp(answersWith([{ state: 'running' }, { state: 'preparing' }]))).toEqual(['web']);
  expect(comingUp(answersWith([{ state: 'pending', node: '' }]))).toEqual(['web']);
});

test.each([
  ['that runs', { state: 'running' }],
  ['that has failed', { state: 'failed', error: 'exit 1' }],
  ['that says why it waits', { state: 'pending', error: 'no suitable node' }],
  ['of a node that is down', { state: 'assigned', node: 'n2' }],
])('a task %s is not waited for', (_, task) => {
  expect(comingUp(answersWith([task]))).toEqual([]);
});

test('a global service is to have a task on every node that takes some, unless constraints say where', () => {
  const global = { Mode: { Global: {} } };
  const constrained = { ...global, TaskTemplate: { Placement: { Constraints: ['node.role == manager'] } } };
  expect(notPlaced(answersWith([], global))).toEqual(['web']);
  expect(notPlaced(answersWith([{ state: 'preparing' }], global))).toEqual([]);
  expect(notPlaced(answersWith([], constrained))).toEqual([]);
  expect(notPlaced(answersWith([], { Mode: { Replicated: { Replicas: 2 } } }))).toEqual([]);
});

test('a task that came up since is told from those that ran before; nobody to ask is no reason to look anew', async () => {
  const task = (ID: string, state: string): Task =>
    ({ ID, DesiredState: 'running', Status: { State: state } }) as unknown as Task;
  const managers = (tasks: Task[] | null): Managers =>
    ({
      ask: () => (tasks === null ? Promise.reject(new AppError('engine_unreachable', 'away')) : Promise.resolve(tasks)),
    }) as unknown as Managers;
  const before = [task('a', 'running'), task('b', 'preparing')];
  expect(await cameUpSince(managers([task('a', 'running'), task('b', 'preparing')]), before)).toBe(false);
  expect(await cameUpSince(managers([task('a', 'running'), task('b', 'running')]), before)).toBe(true);
  expect(await cameUpSince(managers(null), before)).toBe(false);
});
