import { expect, test } from 'vitest';
import type { SwarmAnswers } from './ask-swarm.ts';
import { comingUp } from './coming-up.ts';

type Asked = Parameters<typeof comingUp>[0];

/** Only what is looked at; the engine's answers have much more. */
const answersWith = (tasks: { state: string; error?: string; node?: string }[]): Asked =>
  ({
    services: [{ ID: 's1', Spec: { Name: 'web' } }],
    nodes: [
      { ID: 'n1', Status: { State: 'ready' } },
      { ID: 'n2', Status: { State: 'down' } },
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
