import { expect, test } from 'vitest';
import type { CheckResult } from '#core/verification.ts';
import { withEnded } from './ended-meanwhile.ts';
import type { Endpoint } from './endpoints.ts';
import type { Vantage } from './planned-check.ts';

const endpoint = (more: Partial<Endpoint> = {}): Endpoint => ({
  kind: 'task',
  name: 'api',
  host: 'h1',
  network: 'net',
  address: '10.200.1.2',
  containerId: 'c1',
  ports: [],
  ...more,
});
const inside = (host: string, containerId: string, network = 'net'): Vantage => ({
  host,
  kind: 'inside',
  containerId,
  places: [{ network, address: '10.200.1.2' }],
});
const check = (from: string, to: string, target: string, more: Partial<CheckResult> = {}): CheckResult => ({
  level: 'L4',
  check: 'ping',
  network: 'net',
  from,
  to,
  target,
  result: 'failed',
  detail: 'no echo',
  ms: null,
  ...more,
});
const results = (checks: CheckResult[], ended: Endpoint[], vantages: Vantage[] = [inside('h1', 'c1')]) =>
  withEnded(checks, ended, vantages).map(({ result }) => result);

test('what failed from inside a container that has ended, or toward it, says nothing of the network', () => {
  expect(results([check('h1', 'h2', '10.200.1.9')], [endpoint()])).toEqual(['unknown']);
  expect(results([check('h2', 'h1', '10.200.1.2')], [endpoint()])).toEqual(['unknown']);
  expect(results([check('h2', 'h1', 'api', { level: 'L3', check: 'dns' })], [endpoint()])).toEqual(['unknown']);
  const [told] = withEnded([check('h2', 'h1', '10.200.1.2')], [endpoint()], []);
  expect(told?.detail).toBe('no echo; api on h1 ended meanwhile');
});

test('a task that has ended as it should is not missed', () => {
  const [told] = withEnded([check('h2', 'h1', '10.200.1.2')], [endpoint()], [], new Set(['10.200.1.2']));
  expect(told?.result).toBe('skipped');
});

test('what failed elsewhere has failed, also toward an address that only looks like it, and what passed has passed', () => {
  expect(results([check('h2', 'h3', '10.200.1.20')], [endpoint()])).toEqual(['failed']);
  expect(results([check('h1', 'h2', '10.200.1.9', { network: 'other' })], [endpoint()])).toEqual(['failed']);
  expect(results([check('h2', 'h1', '10.200.1.2', { result: 'ok' })], [endpoint()])).toEqual(['ok']);
  expect(results([check('h1', 'h2', '10.200.1.9')], [endpoint({ containerId: 'c2' })])).toEqual(['failed']);
});
