import { expect, test } from 'vitest';
import type { Running } from '#core/running.ts';
import { provedText, runningLines } from './running-view.ts';

const node = {
  host: 'h1',
  hostname: 'h1',
  id: 'n1',
  role: 'manager' as const,
  availability: 'active' as const,
  state: 'ready',
  message: '',
  leader: true,
  reachability: 'reachable',
  engine: '28.5.2',
};
const web = { name: 'web', isOurs: true, image: `nginx:1.27@sha256:${'4fe8fb8e4609'.padEnd(64, '0')}`, update: null };
const seen: Running = {
  at: '2026-10-04T08:05:00Z',
  swarm: {
    known: true,
    value: {
      manager: 'h1',
      nodes: [
        node,
        { ...node, host: 'h2', role: 'worker', leader: false, reachability: null },
        { ...node, host: null, hostname: 'old', role: 'worker', leader: false, reachability: null, state: 'down' },
      ],
      services: [
        {
          ...web,
          running: 1,
          wanted: 2,
          tasks: [
            { name: 'web.1', node: 'h1', state: 'running', since: null, error: '', lastFailure: null },
            {
              name: 'web.2',
              node: 'h2',
              state: 'ready',
              since: '2026-10-04T08:04:00Z',
              error: '',
              lastFailure: { at: '2026-10-04T08:03:00Z', error: 'task: non-zero exit (3)' },
            },
          ],
        },
      ],
    },
  },
  hosts: {
    h1: {
      known: true,
      value: { containers: [{ name: 'tool', image: 'nginx', state: 'running', status: 'Up 3 minutes' }], others: 1 },
    },
    h2: { known: false, reason: 'The Docker Engine on h2 does not run.' },
  },
};

test('what runs, what does not and why; a manager that still says ready of a silent host is not believed', () => {
  expect(runningLines(seen)).toEqual([
    'Nodes',
    'NODE                ROLE            AVAILABILITY  STATE   ENGINE  MESSAGE',
    'h1                  manager, leads  active        ready   28.5.2  -',
    'h2                  worker          active        ready?  28.5.2  The Docker Engine on h2 does not run.',
    'old (no host here)  worker          active        down    28.5.2  -',
    '',
    'Services',
    'SERVICE  TASKS   IMAGE                      NOTE',
    'web      1 of 2  nginx:1.27 (4fe8fb8e4609)  -',
    '',
    'Tasks that do not run',
    'TASK   NODE  STATE  SINCE      WHY',
    'web.2  h2    ready  1 min ago  the one before failed 2 min ago: task: non-zero exit (3)',
    '',
    'Containers',
    'HOST  CONTAINER    IMAGE  STATE',
    'h1    tool         nginx  Up 3 minutes',
    'h1    and 1 other  -      not ours',
    'h2    not known    -      The Docker Engine on h2 does not run.',
  ]);
});

test('without a manager, nodes and services are not known, and containers still are', () => {
  const lines = runningLines({ ...seen, swarm: { known: false, reason: 'No manager of the swarm answers.' } });
  expect(lines.slice(0, 4)).toEqual([
    'Nodes and services',
    'not known: No manager of the swarm answers.',
    '',
    'Containers',
  ]);
});

test('that it runs is no proof, and where nobody has looked it says so', () => {
  expect(provedText('demo', undefined, 0)).toContain('nobody has verified them: flotilla verify demo');
});

test('what was printed is the next thing to look at of what does not run', () => {
  const tool = { name: 'tool', image: 'nginx', state: 'exited', status: 'Exited (1) 2 minutes ago' };
  const h1 = { known: true as const, value: { containers: [tool], others: 0 } };
  const lines = runningLines({ ...seen, hosts: { h1 } }, { cluster: 'demo' });
  expect(lines.filter((line) => line.startsWith('What it printed'))).toEqual([
    'What it printed: flotilla service logs web --cluster demo',
    'What it printed: flotilla container logs tool --cluster demo',
  ]);
});
