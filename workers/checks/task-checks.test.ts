import { describe, expect, test } from 'vitest';
import type { CheckResult } from '#core/verification.ts';
import type { Managers } from '../steps/managers.ts';
import type { EndpointView } from './endpoints.ts';
import { skipEnded, taskChecks } from './task-checks.ts';

const checkOf = (target: string, result: CheckResult['result'], check = 'tcp'): CheckResult => ({
  level: 'L5',
  check,
  network: 'net',
  from: 'h1',
  to: 'h2',
  target,
  result,
  detail: '',
  ms: null,
});

test('what was asked of a service of which nothing runs is skipped, whether it passed or failed', () => {
  const checks = [checkOf('job', 'skipped', 'tasks')];
  const asked = [checkOf('job', 'failed'), checkOf('job h1:8080', 'ok'), checkOf('web', 'failed')];
  expect(skipEnded(asked, { checks }).map(({ target, result }) => `${target} ${result}`)).toEqual([
    'job skipped',
    'job h1:8080 skipped',
    'web failed',
  ]);
});

describe('tasks that have not run for long', () => {
  const web = { ID: 's1', Spec: { Name: 'web', Mode: { Replicated: { Replicas: 1 } } } };
  const lost = { ID: 'old', State: 'failed', ageMs: 60_000, Err: 'No such container: web.1' };
  interface Seen {
    ID: string;
    State: string;
    ageMs: number;
    Err?: string;
  }
  const taskOf = ({ ID, State, ageMs, Err }: Seen) => ({
    ID,
    ServiceID: 's1',
    Slot: 1,
    DesiredState: State === 'failed' ? 'shutdown' : 'running',
    Status: { State, Err, Timestamp: new Date(Date.now() - ageMs).toISOString() },
    NetworksAttachments: [],
  });
  /** A manager that lists these tasks, one list after the other. */
  const managersWith = (...lists: Seen[][]): Managers => {
    const engine = {
      json: ({ path }: { path: string }) =>
        Promise.resolve(
          path === '/services' ? [web] : ((lists.length > 1 ? lists.shift() : lists[0]) ?? []).map(taskOf),
        ),
    };
    return { ask: (call: (one: unknown) => unknown) => call(engine) } as unknown as Managers;
  };
  const view = { endpoints: [], networks: [], services: [] } as unknown as EndpointView;
  const told = async (...lists: Seen[][]) => {
    const { checks } = await taskChecks(managersWith(...lists), { view, hostOf: new Map(), settleMs: 0 });
    return checks.map(({ result, detail }) => `${result} ${detail}`);
  };

  test('are looked at again where the one before was lost once, until they have stayed', async () => {
    const young = { ID: 'new', State: 'running', ageMs: 4000 };
    expect(await told([lost, young], [lost, { ...young, ageMs: 5500 }])).toEqual(['ok 1 of 1 tasks run']);
  });

  test('are waited for where they are about to take the place of one that was lost', async () => {
    const coming = { ID: 'new', State: 'ready', ageMs: 100 };
    const there = { ID: 'new', State: 'running', ageMs: 5500 };
    expect(await told([lost, coming], [lost, there])).toEqual(['ok 1 of 1 tasks run']);
  });

  test('fail where one of them ends meanwhile, with its reason', async () => {
    const young = { ID: 'new', State: 'running', ageMs: 2000 };
    const ended = { ID: 'new', State: 'failed', ageMs: 0, Err: 'task: non-zero exit (3)' };
    const next = { ID: 'third', State: 'ready', ageMs: 0 };
    expect(await told([lost, young], [lost, ended, next])).toEqual([
      'failed 0 of 1 tasks run: task: non-zero exit (3)',
    ]);
  });
});
