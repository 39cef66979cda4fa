import { describe, expect, test } from 'vitest';
import type { Task } from '../docker/tasks.ts';
import { inTheWayOf, mayBePlaced, unplacedOf, type Wait } from './unplaced.ts';

interface Made {
  slot?: number;
  node?: string;
  desired?: string;
  error?: string;
}
const task = (
  ID: string,
  State: string,
  { slot = 1, node = 'n1', desired = 'running', error = '' }: Made = {},
): Task => ({
  ID,
  Slot: slot,
  NodeID: node,
  DesiredState: desired,
  Status: { State, Err: error },
  NetworksAttachments: [],
});
const portsUsed = 'no suitable node (host-mode port already in use on 1 node)';
const waiting = (error = portsUsed, more: Made = {}) =>
  task('new', 'pending', { desired: 'ready', node: '', error, ...more });

test.each([
  [portsUsed, true],
  ['no suitable node (scheduling constraints not satisfied on 3 nodes)', true],
  ['host-mode port already in use on 1 node', true],
  ['insufficient resources on 1 node', true],
  ['', false],
])('a task that waits and says "%s" finds no node: %s', (error, isUnplaced) => {
  expect(unplacedOf([task('t1', 'running'), waiting(error)])?.ID).toBe(isUnplaced ? 'new' : undefined);
});

describe('a task that finds no node', () => {
  const graceMs = 10_000;
  /** How long it may go on, when the others stay as they are. */
  const patienceMs = (others: Task[], error = portsUsed): number => {
    const unplaced = waiting(error);
    let wait: Wait | null = null;
    for (let nowMs = 0; nowMs < 60_000; nowMs += 500) {
      const next = mayBePlaced({ unplaced, all: [unplaced, ...others], graceMs }, wait, nowMs);
      if (!next.may) return nowMs;
      ({ wait } = next);
    }
    return Infinity;
  };

  test('may find one once the task that it replaces has stopped', () => {
    expect(patienceMs([task('old', 'running', { desired: 'shutdown' })])).toBe(25_000);
  });

  test('will find none while those stay that have its port', () => {
    expect(patienceMs([task('old', 'running')])).toBe(15_000);
    expect(patienceMs([])).toBe(15_000);
  });

  test('is waited for anew whenever one of these has ended or begun', () => {
    const unplaced = waiting();
    const first = mayBePlaced({ unplaced, all: [task('old', 'running')], graceMs }, null, 0);
    const later = mayBePlaced({ unplaced, all: [task('old', 'failed')], graceMs }, first.wait, 60_000);
    expect(later.may).toBe(true);
  });

  test('is told at once where nothing of its service is in the way', () => {
    expect(patienceMs([], 'no suitable node (scheduling constraints not satisfied on 3 nodes)')).toBe(0);
  });
});

test.each<[string, Task[]]>([
  ['the one that it replaces', [task('old', 'running')]],
  ['the one that it replaces', [task('old', 'starting'), task('older', 'running', { desired: 'shutdown' })]],
  ['one that does not stop', [task('old', 'running', { desired: 'shutdown' })]],
  ['its other replicas', [task('t2', 'running', { slot: 2 })]],
  ['its other replicas', [task('t2', 'starting', { slot: 2 })]],
  ['others', [task('old', 'failed')]],
  ['others', []],
])('%s may be in the way', (who, others) => {
  expect(inTheWayOf(waiting(), [waiting(), ...others])).toBe(who);
});

test('of a global service it is the task on the same node', () => {
  const global = { slot: 0, error: 'host-mode port already in use on 1 node' };
  const unplaced = task('new', 'pending', { ...global, node: 'n1' });
  expect(inTheWayOf(unplaced, [unplaced, task('old', 'running', { slot: 0, node: 'n1' })])).toBe(
    'the one that it replaces',
  );
  expect(inTheWayOf(unplaced, [unplaced])).toBe('others');
  expect(inTheWayOf(unplaced, [unplaced, task('t2', 'running', { slot: 0, node: 'n2' })])).toBe('others');
});
