import { expect, test } from 'vitest';
import type { Container } from '../docker/containers.ts';
import { verdictOf, type WantedContainer } from './container-checks.ts';

const wanted = (restart: WantedContainer['restart'] = 'unless-stopped') => ({
  name: 'tool',
  host: 'h1',
  networks: ['net', 'bridge'],
  restart,
});
const container = (state: Partial<Container['State']> = {}, more: Partial<Container> = {}): Container => ({
  Id: 'c1',
  Name: '/tool',
  Image: 'sha256:1',
  Created: '',
  RestartCount: 0,
  State: { Status: 'running', Running: true, ExitCode: 0, Error: '', Pid: 7, FinishedAt: '', ...state },
  Config: { Image: 'nginx', Labels: {} },
  HostConfig: { NetworkMode: 'net' },
  NetworkSettings: { Networks: { net: { NetworkID: 'n1', IPAddress: '10.200.1.2' } } },
  ...more,
});
const verdict = (
  one: Container | null,
  { restart, isYoung = false }: { restart?: WantedContainer['restart']; isYoung?: boolean } = {},
) => verdictOf(wanted(restart), one, { isYoung, overlays: new Set(['net']) });

test('one that runs on its networks is as it should be, whatever networks of its host are beside them', () => {
  expect(verdict(container())).toEqual({ result: 'ok', detail: 'runs' });
  expect(verdict(container({}, { NetworkSettings: { Networks: {} } }))).toMatchObject({ error: 'off-network' });
});

test('one that is not there, or has ended, fails with its exit code', () => {
  expect(verdict(null)).toEqual({ result: 'failed', detail: 'h1 has no such container' });
  expect(verdict(container({ Status: 'exited', Running: false, ExitCode: 3 }))).toMatchObject({
    result: 'failed',
    detail: 'exited, exit code 3',
    error: 'ended',
  });
});

test('one that nobody is to start again may end well', () => {
  const ended = container({ Status: 'exited', Running: false });
  expect(verdict(ended, { restart: 'no' }).result).toBe('ok');
  expect(verdict(ended, { restart: 'on-failure' }).result).toBe('ok');
  expect(verdict(ended).result).toBe('failed');
});

test('one that crashes again and again is found out, also in the moment in which it runs', () => {
  const restarting = container({ Status: 'restarting', ExitCode: 4 }, { RestartCount: 2 });
  expect(verdict(restarting)).toMatchObject({ detail: 'restarting, exit code 4', error: 'restarts' });
  const again = container({}, { RestartCount: 2 });
  expect(verdict(again, { isYoung: true })).toMatchObject({ result: 'failed', error: 'restarts' });
  expect(verdict(again).result).toBe('ok');
});
