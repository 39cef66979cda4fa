import { expect, test } from 'vitest';
import type { CheckResult } from '#core/verification.ts';
import { withUnseen, withUnseenTasks } from './unseen-hosts.ts';

const failed = (level: CheckResult['level'], check: string): CheckResult => ({
  level,
  check,
  network: null,
  from: 'h1',
  to: 'h2',
  target: '10.79.0.2',
  result: 'failed',
  detail: 'no answer',
  ms: null,
});
const unseen = new Map([['h2', 'h2 does not answer']]);

test('what failed toward a host that could not be looked at is unknown, and the host is told', () => {
  const [ping, host] = withUnseen([failed('L4', 'ping')], unseen);
  expect(ping).toMatchObject({ result: 'unknown', detail: expect.stringContaining('h2 could not be looked at') });
  expect(host).toMatchObject({ level: 'L0', check: 'engine', from: 'h2', result: 'unknown' });
});

test('that its ports do not answer either stays as it was seen: it tells whether the host is there at all', () => {
  expect(withUnseen([failed('L1', 'gossip-tcp')], unseen)[0]).toMatchObject({ result: 'failed' });
});

test('tasks that are missing only where nobody could look are unknown, and others are missing', () => {
  const check: CheckResult = { ...failed('L0', 'tasks'), from: 'manager', to: null, target: 'web' };
  const resultWith = (...tasks: { host: string | null; error: string }[]) => {
    const look = {
      name: 'web',
      networks: [],
      wanted: 3,
      running: 2,
      hasHealthCheck: false,
      vip: false,
      ingressPorts: [],
    };
    const looked = tasks.map((task) => ({ ...task, state: 'complete', hasNode: true }));
    return withUnseenTasks({ checks: [check], services: [{ ...look, tasks: looked }] }, unseen)[0]?.result;
  };
  expect(resultWith({ host: 'h2', error: '' })).toBe('unknown');
  expect(resultWith({ host: 'h2', error: '' }, { host: 'h3', error: '' })).toBe('failed');
  expect(resultWith({ host: 'h2', error: 'no space left on device' })).toBe('failed');
  expect(resultWith()).toBe('failed');
});
