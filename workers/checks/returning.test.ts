import { describe, expect, test } from 'vitest';
import type { Task } from '../docker/tasks.ts';
import { standingOf } from '../steps/service-tasks.ts';
import { isReturning } from './returning.ts';

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

/** Only what is looked at; the engine's answers have much more. */
const task = (ID: string, NodeID: string, Status: Partial<Task['Status']>, DesiredState = 'running'): Task =>
  ({ ID, NodeID, DesiredState, Status }) as unknown as Task;
const running = (id: string, node: string): Task => task(id, node, { State: 'running', Timestamp: at(0) });
const lost = (id: string, second: number, Err = 'No such container: web.1'): Task =>
  task(id, 'n3', { State: 'failed', Timestamp: at(second), Err }, 'shutdown');
const successor = (State: string): Task => task('new', 'n3', { State, Timestamp: at(41) }, 'ready');

const returns = (tasks: Task[], knownFailed: string[]): boolean => {
  const service = { Spec: { Name: 'web', Mode: { Global: {} } } } as unknown as Parameters<typeof standingOf>[0];
  const all = [running('a', 'n1'), running('b', 'n2'), ...tasks];
  return isReturning({ tasks: all, standing: standingOf(service, all) }, new Set(knownFailed));
};

describe('a service of which a task was lost', () => {
  test('has it back soon when another is about to start in its place, or runs there', () => {
    expect(returns([lost('old', 40), successor('ready')], ['old'])).toBe(true);
    expect(returns([lost('old', 40), running('new', 'n3')], ['old'])).toBe(true);
  });

  test('has it back as well when one of that place was lost long before', () => {
    expect(returns([lost('older', 5), lost('old', 40), successor('starting')], ['older', 'old'])).toBe(true);
  });

  test('does not keep it when it fails anew while it is looked at, or fails soon after each start', () => {
    expect(returns([lost('old', 32), lost('next', 40), successor('ready')], ['old'])).toBe(false);
    expect(returns([lost('old', 32), lost('next', 40), successor('ready')], ['old', 'next'])).toBe(false);
  });

  test('is not waited for when nothing comes in its place, or what comes says why it cannot', () => {
    const waits = task('new', 'n3', { State: 'pending', Err: 'no suitable node' });
    expect(returns([lost('old', 40), waits], ['old'])).toBe(false);
    const replicated = { Spec: { Name: 'web', Mode: { Replicated: { Replicas: 2 } } } };
    const tasks = [running('a', 'n1'), lost('old', 40)];
    const standing = standingOf(replicated as unknown as Parameters<typeof standingOf>[0], tasks);
    expect(isReturning({ tasks, standing }, new Set(['old']))).toBe(false);
  });

  test('is not meant where none was lost: tasks that are on their way for the first time have had their time', () => {
    expect(returns([successor('preparing')], [])).toBe(false);
  });
});
