import { afterEach, expect, test } from 'vitest';
import type { CheckResult } from '#core/verification.ts';
import { AppError } from '#core/errors.ts';
import type { EngineClient } from '../docker/engine.ts';
import type { Hosts } from '../hosts.ts';
import { engineThat } from '../testing/local-engine.ts';
import { askUntilHeard } from './heard.ts';
import type { Prober } from './probe-container.ts';
import type { Started } from './probers.ts';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const engine of open.splice(0)) await engine[Symbol.asyncDispose]();
});

const id = 'f'.repeat(64);
/** What an attached prober's engine says; it makes and starts whatever it is asked for. */
async function engineWith(peers: number, calls: string[]): Promise<EngineClient> {
  const engine = await engineThat((request, response) => {
    const path = (request.url ?? '').replace(/^\/v[\d.]+/, '');
    if (request.method !== 'GET') calls.push(`${request.method} ${path.split('?')[0]}`);
    if (path.startsWith('/networks/'))
      return response.end(
        JSON.stringify({
          Id: id,
          Name: 'net',
          Driver: 'overlay',
          Scope: 'swarm',
          Peers: Array.from({ length: peers }, (_, at) => ({ Name: `p${at}`, IP: `10.0.0.${at}` })),
        }),
      );
    response.statusCode = 404;
    return response.end(JSON.stringify({ message: 'no such thing' }));
  });
  open.push(engine);
  return engine;
}

function prober(host: string, removed: string[]): Prober {
  return {
    host,
    id: `${host}-probe`,
    name: `probe-${host}`,
    places: [{ network: 'net', address: '10.200.1.2' }],
    run: () => Promise.resolve(''),
    exec: () => Promise.resolve(),
    remove: () => Promise.resolve(void removed.push(host)),
  };
}

const dns = (from: string, to: string, result: CheckResult['result']): CheckResult => ({
  level: 'L3',
  check: 'dns',
  network: 'net',
  from,
  to,
  target: `probe-${to}`,
  result,
  detail: '',
  ms: null,
});

async function scene(peers: number) {
  const calls: string[] = [];
  const removed: string[] = [];
  const notes: string[] = [];
  const engine = await engineWith(peers, calls);
  const refuse = (): Promise<never> => Promise.reject(new AppError('engine_error', 'not here'));
  const hosts: Hosts = {
    all: [],
    engine: () => engine,
    shownKey: refuse,
    system: refuse,
    reach: refuse,
    battery: refuse,
    firewall: refuse,
    firstLook: refuse,
    evidence: refuse,
    registryAuth: refuse,
    secrets: { states: refuse, value: refuse },
    counters: refuse,
    probeImage: refuse,
    engineProcess: refuse,
    restartEngine: refuse,
    release: () => Promise.resolve(),
  };
  const started: Started[] = ['h1', 'h2'].map((host) => ({
    vantage: { host, kind: 'attached', networks: [{ name: 'net', id }] },
    prober: prober(host, removed),
  }));
  const input = {
    hosts,
    looks: {},
    operation: 'op_1',
    settleMs: 20_000,
    note: (_: string | null, text: string) => notes.push(text),
  };
  return { input, started, removed, notes };
}

/** Answers one after the other, and how long each asking was to wait. */
function answering(...answers: CheckResult[][]) {
  const waits: number[] = [];
  return {
    waits,
    ask: (settleMs: number) => Promise.resolve(answers[waits.push(settleMs) - 1] ?? []),
  };
}

test('a prober that its peers have not heard of is attached anew, and all is asked again', async () => {
  const { input, started, removed, notes } = await scene(2);
  const { waits, ask } = answering([dns('h1', 'h2', 'ok'), dns('h2', 'h1', 'failed')], [dns('h2', 'h1', 'ok')]);
  expect(await askUntilHeard(input, started, ask)).toEqual([dns('h2', 'h1', 'ok')]);
  expect(waits).toEqual([4000, 16_000]);
  expect(removed).toEqual(['h1', 'h2']);
  expect(notes[0]).toContain('h1, h2 were not heard of everywhere');
});

test('a prober whose name is known, and not where it is, is attached anew: over another network its host is reached', async () => {
  const { input, started, removed } = await scene(2);
  const echo = (network: string, result: CheckResult['result']): CheckResult => ({
    ...dns('h1', 'h2', result),
    level: 'L4',
    check: 'ping',
    network,
  });
  const { waits, ask } = answering([echo('net', 'failed'), echo('other', 'ok')], [echo('net', 'ok')]);
  expect(await askUntilHeard(input, started, ask)).toEqual([echo('net', 'ok')]);
  expect(waits).toEqual([4000, 16_000]);
  expect(removed).toEqual(['h1', 'h2']);
});

test('where the engines do not list each other it is gossip that is dead, and nothing is attached anew', async () => {
  const { input, started, removed } = await scene(1);
  const { waits, ask } = answering([dns('h2', 'h1', 'failed')], [dns('h2', 'h1', 'failed')]);
  expect(await askUntilHeard(input, started, ask)).toEqual([dns('h2', 'h1', 'failed')]);
  expect(waits).toEqual([4000, 16_000]);
  expect(removed).toEqual([]);
});

test('where a port of the swarm is closed joining anew would not help, and nothing is attached anew', async () => {
  const { input, started, removed } = await scene(2);
  const closed = { ...dns('h1', 'h2', 'failed'), level: 'L1' as const, check: 'gossip-tcp' };
  const { ask } = answering([dns('h2', 'h1', 'failed'), closed], [closed]);
  expect(await askUntilHeard(input, started, ask)).toEqual([closed]);
  expect(removed).toEqual([]);
});

test('names that are known are not the trouble, and a short patience is not made longer', async () => {
  const { input, started, removed } = await scene(2);
  const lost = { ...dns('h2', 'h1', 'failed'), level: 'L4' as const, check: 'ping' };
  const { waits, ask } = answering([dns('h2', 'h1', 'ok'), lost]);
  expect(await askUntilHeard({ ...input, settleMs: 3000 }, started, ask)).toEqual([dns('h2', 'h1', 'ok'), lost]);
  expect(waits).toEqual([3000]);
  expect(removed).toEqual([]);
});

test('a prober that did not join in time gets a second chance where nothing fails', async () => {
  const { input, started, notes } = await scene(2);
  const fault = new AppError('engine_unreachable', 'did not let a probe join');
  started[1] = { vantage: { host: 'h2', kind: 'attached', networks: [{ name: 'net', id }] }, fault };
  const { waits, ask } = answering([dns('h1', 'h2', 'ok'), dns('h2', 'h1', 'unknown')], [dns('h2', 'h1', 'ok')]);
  expect(await askUntilHeard(input, started, ask)).toEqual([dns('h2', 'h1', 'ok')]);
  expect(waits).toEqual([4000, 4000]);
  expect(notes[0]).toContain('h2 did not join their networks in time');
});

test('where something fails nobody waits for a prober that did not join', async () => {
  const { input, started } = await scene(2);
  const fault = new AppError('engine_unreachable', 'did not let a probe join');
  started[1] = { vantage: { host: 'h2', kind: 'attached', networks: [{ name: 'net', id }] }, fault };
  const lost = { ...dns('h1', 'h2', 'failed'), level: 'L4' as const, check: 'ping' };
  const { waits, ask } = answering([lost]);
  expect(await askUntilHeard({ ...input, settleMs: 3000 }, started, ask)).toEqual([lost]);
  expect(waits).toEqual([3000]);
});

test('where all look from containers that were there before, it is asked once', async () => {
  const { input } = await scene(2);
  const { waits, ask } = answering([dns('h2', 'h1', 'failed')]);
  await askUntilHeard(input, [], ask);
  expect(waits).toEqual([20_000]);
});
