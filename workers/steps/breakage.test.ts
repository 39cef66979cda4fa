import { describe, expect, test } from 'vitest';
import type { Task } from '../docker/tasks.ts';
import { breakageOf, failuresEnough, stoppedBreakage } from './breakage.ts';

const task = (ID: string, State: string, Err = '', Timestamp = '2026-01-01T00:00:05Z'): Task => ({
  ID,
  NodeID: 'n1',
  DesiredState: 'shutdown',
  Status: { State, Err, Timestamp },
  NetworksAttachments: [],
});
const failures = (...reasons: string[]): Task[] => reasons.map((reason, at) => task(`t${at}`, 'failed', reason));

test('so many failures are enough as the restart policy lets there be', () => {
  const withPolicy = (RestartPolicy: unknown) => failuresEnough({ TaskTemplate: { RestartPolicy } });
  expect([undefined, {}, { Condition: 'any', MaxAttempts: 0 }, { MaxAttempts: 9 }].map(withPolicy)).toEqual([
    3, 3, 3, 3,
  ]);
  expect([{ Condition: 'none' }, { MaxAttempts: 1 }].map(withPolicy)).toEqual([1, 2]);
  expect(breakageOf(failures('exit 1', 'exit 1'), 3)).toBeUndefined();
  expect(breakageOf(failures('exit 1', 'exit 1'), 2)).toEqual({
    kind: 'broken',
    code: 'step_failed',
    reason: 'exit 1',
    onlyOn: 'n1',
  });
  const elsewhere = failures('exit 1', 'exit 1', 'exit 1').map((one, at) => ({
    ...one,
    NodeID: at === 0 ? 'n2' : 'n1',
  }));
  expect(breakageOf(elsewhere, 2)?.onlyOn).toBeUndefined();
});

test('a pull that fails is tried again in its place, and one that fails on each of many nodes is no end yet', () => {
  const reason = 'No such image: acme/web:1';
  const pulls = (nodes: string[]): Task[] =>
    nodes.map((NodeID, at) => ({ ...task(`t${at}`, 'rejected', reason, `2026-01-01T00:00:0${at}Z`), NodeID }));
  expect(breakageOf(pulls(['n1', 'n2', 'n3', 'n1', 'n2', 'n3']), 3)).toBeUndefined();
  expect(breakageOf(pulls(['n1', 'n2', 'n2', 'n2']), 3)).toEqual({
    kind: 'broken',
    code: 'image_not_found',
    reason,
    lacksImage: 'n2',
  });
  const inOneSlot = pulls(['n1', 'n2', 'n3']).map((one) => ({ ...one, Slot: 1 }));
  expect(breakageOf(inOneSlot, 3)).toMatchObject({ code: 'image_not_found', lacksImage: 'n3' });
});

test('a path that a node does not have is enough', () => {
  const reason = 'invalid mount config for type "bind": bind source path does not exist: /srv/x';
  expect(breakageOf(failures(reason), 3)).toMatchObject({ code: 'step_failed', reason });
});

describe('an update that the swarm has stopped', () => {
  const all = [
    task('old', 'failed', 'long ago', '2025-12-31T23:59:59Z'),
    task('t1', 'failed', 'task: non-zero exit (1)'),
    task('t2', 'running'),
  ];
  const stopped = (State: string, Message: string) =>
    stoppedBreakage({ UpdateStatus: { State, Message, StartedAt: '2026-01-01T00:00:00Z' } }, all).reason;

  test('is told by the error of the task that the swarm names', () => {
    const message = 'update rolled back due to failure or early termination of task t1';
    expect(stopped('rollback_started', message)).toBe('task: non-zero exit (1)');
  });

  test('or by the last that failed since it began, once the swarm is back and names none', () => {
    expect(stopped('rollback_completed', 'rollback completed')).toBe('task: non-zero exit (1)');
  });

  test('or by the node, where the swarm took that task away and nothing was wrong with it', () => {
    const message = 'update paused due to failure or early termination of task t9';
    const lost = { ...task('t9', 'shutdown'), NodeID: 'n3' };
    const { reason, takenFrom } = stoppedBreakage({ UpdateStatus: { State: 'paused', Message: message } }, [
      ...all,
      lost,
    ]);
    expect({ reason, takenFrom }).toEqual({ reason: message, takenFrom: 'n3' });
  });

  test('or in the words of the swarm, where no task says anything', () => {
    const UpdateStatus = { State: 'paused', Message: 'update paused due to failure of task gone' };
    expect(stoppedBreakage({ UpdateStatus }, [task('t2', 'running')]).reason).toBe(UpdateStatus.Message);
  });
});
