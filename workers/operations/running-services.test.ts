import { describe, expect, test } from 'vitest';
import type { Service } from '../docker/services.ts';
import type { Task } from '../docker/tasks.ts';
import { runningServices } from './running-services.ts';

const about = { cluster: 'demo', nameOf: (id: string) => id.replace('node-', '') };

const service = (mode: object = { Replicated: { Replicas: 2 } }, more: Partial<Service> = {}): Service => ({
  ID: 's1',
  Version: { Index: 1 },
  Spec: {
    Name: 'web',
    Labels: { 'io.flotilla.cluster': 'demo' },
    Mode: mode,
    TaskTemplate: { ContainerSpec: { Image: 'nginx:1.27' } },
  },
  ...more,
});

let made = 0;
/** A task that was made after those before it. */
function task(state: string, more: Partial<Task> & { err?: string } = {}): Task {
  made += 1;
  const { err, ...rest } = more;
  return {
    ID: `t${made}`,
    ServiceID: 's1',
    NodeID: 'node-h1',
    Slot: 1,
    CreatedAt: `2026-10-04T08:00:${String(made).padStart(2, '0')}Z`,
    DesiredState: state === 'running' ? 'running' : 'shutdown',
    Status: { State: state, Timestamp: '2026-10-04T08:01:00Z', ...(err === undefined ? {} : { Err: err }) },
    NetworksAttachments: [],
    ...rest,
  };
}

const look = (tasks: Task[], one = service()) => runningServices([one], tasks, about)[0];

describe('a service', () => {
  test('counts the tasks that run, and tells those of each slot with the failure before', () => {
    const seen = look([
      task('failed', { err: 'task: non-zero exit (3)' }),
      task('running'),
      task('rejected', { Slot: 2, NodeID: 'node-h2', err: 'No such image: x', DesiredState: 'running' }),
    ]);
    expect(seen).toMatchObject({ running: 1, wanted: 2, isOurs: true, image: 'nginx:1.27', update: null });
    expect(seen?.tasks.map(({ name, node, state, error }) => [name, node, state, error])).toEqual([
      ['web.1', 'h1', 'running', ''],
      ['web.2', 'h2', 'rejected', 'No such image: x'],
    ]);
    expect(seen?.tasks[0]?.lastFailure?.error).toBe('task: non-zero exit (3)');
  });

  test('leaves out slots that were given up, and nodes that are gone', () => {
    expect(look([task('shutdown', { Slot: 3 }), task('orphaned', { Slot: 2 }), task('running')])?.tasks).toHaveLength(
      1,
    );
  });

  test('that fails for good still tells why, and so does one whose tasks have ended well', () => {
    expect(look([task('failed', { err: 'exit 1' })])?.tasks[0]).toMatchObject({ state: 'failed', error: 'exit 1' });
    expect(look([task('complete')])?.tasks[0]).toMatchObject({ state: 'complete' });
  });

  test('that is global has a task for each node, and none has a number', () => {
    const global = service({ Global: {} });
    const seen = look(
      [task('running', { Slot: 0, NodeID: 'node-h2' }), task('running', { Slot: 0, NodeID: 'node-h1' })],
      global,
    );
    expect(seen?.tasks.map(({ name, node }) => `${name} ${node}`)).toEqual(['web h1', 'web h2']);
    expect(look([], global)).toMatchObject({ running: 0, wanted: null });
  });

  test('tells of an update only while it goes on or went wrong', () => {
    const updating = (State: string) => look([], service(undefined, { UpdateStatus: { State, Message: 'm' } }))?.update;
    expect(updating('paused')).toEqual({ state: 'paused', message: 'm' });
    expect(updating('completed')).toBeNull();
  });
});
