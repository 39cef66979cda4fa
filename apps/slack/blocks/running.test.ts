import { expect, test } from 'vitest';
import type { RunningNode, RunningService } from '#core/running.ts';
import { runningLines } from './running.ts';

const node = (host: string, state: string, message = ''): RunningNode => ({
  host,
  hostname: host,
  id: host,
  role: 'worker',
  availability: 'active',
  state,
  message,
  leader: false,
  reachability: null,
  engine: '28.5.2',
});
const service = (name: string, running: number, error: string): RunningService => ({
  name,
  isOurs: true,
  image: 'nginx',
  running,
  wanted: 1,
  update: null,
  tasks: [
    {
      name: `${name}.1`,
      node: 'h1',
      state: error === '' ? 'running' : 'failed',
      since: null,
      error,
      lastFailure: null,
    },
  ],
});

test('what is wrong comes first: a message has an end', () => {
  const swarm = {
    known: true as const,
    value: {
      manager: 'h1',
      nodes: [node('h1', 'ready'), node('h2', 'down', 'heartbeat failure')],
      services: [service('api', 1, ''), service('web', 0, 'exit 3')],
    },
  };
  expect(runningLines({ at: '', swarm, hosts: { h2: { known: false, reason: 'SSH to h2 timed out' } } })).toEqual([
    '✗ node h2: worker, down, heartbeat failure',
    '✗ service web: 0 of 1 tasks',
    '    web.1 on h1: failed: exit 3',
    '? h2: SSH to h2 timed out',
    '✓ node h1: worker, ready',
    '✓ service api: 1 of 1 tasks',
  ]);
});
