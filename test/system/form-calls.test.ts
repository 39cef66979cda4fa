import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Observation } from '#core/observation.ts';
import { known } from '#core/observed.ts';
import type { StepOfKind } from '#core/step.ts';
import { hostFacts } from '#core/testing/observations.ts';
import { type EngineClient, localEngine } from '#workers/docker/engine.ts';
import type { StepContext } from '#workers/steps/context.ts';
import { initSwarm } from '#workers/steps/init-swarm.ts';
import { joinWorker } from '#workers/steps/join.ts';
import { JoinTokens } from '#workers/steps/join-tokens.ts';
import { Managers } from '#workers/steps/managers.ts';
import { FakeEngine } from './ssh-fake-engine.ts';
import { SshWorld } from './ssh-world.ts';

/* How many calls forming a swarm costs, and that what is left out is asked for after all where it matters. */

let world: SshWorld;
let fakes: Record<string, FakeEngine>;
let engines: Map<string, EngineClient>;
let number = 0;

beforeAll(() => {
  world = new SshWorld();
});
beforeEach(async () => {
  fakes = {};
  engines = new Map();
  for (const name of ['h1', 'h2']) {
    number += 1;
    const fake = await new FakeEngine(world.path(`form-${number}.sock`)).start(world);
    fakes[name] = fake;
    engines.set(name, localEngine(fake.socketPath, name));
  }
});
afterEach(async () => {
  for (const engine of engines.values()) await engine.close();
});
afterAll(() => world.close());

const fakeOf = (host: string): FakeEngine => {
  const fake = fakes[host];
  if (fake === undefined) throw new Error(`no fake engine ${host}`);
  return fake;
};
const callsOf = (host: string): string[] =>
  fakeOf(host)
    .asked.map((call) => call.replace(/\/v[0-9.]+\//, '/').replace(/\?.*/, ''))
    .filter((call) => !call.includes('_ping'));

const free: Observation = {
  at: '2026-01-01T00:00:00.000Z',
  hosts: { h1: known(hostFacts('h1')), h2: known(hostFacts('h2')) },
  swarm: known(null),
};

/** A step's context on the fake engines; `seenJustNow` null is a run that goes on from a stored plan. */
function contextOf(seenJustNow: Observation | null): StepContext {
  const engineOf = (host: string): EngineClient => {
    const engine = engines.get(host);
    if (engine === undefined) throw new Error(`no engine ${host}`);
    return engine;
  };
  const unused = (): never => {
    throw new Error('a join uses the engines only');
  };
  const managers = new Managers({ engineOf, candidates: ['h1'], swarmId: null, cluster: 'demo' });
  return {
    operation: 'op_1',
    cluster: 'demo',
    seenJustNow,
    hosts: {
      all: [],
      engine: engineOf,
      system: unused,
      reach: unused,
      firstLook: unused,
      evidence: unused,
      counters: unused,
      battery: unused,
      firewall: unused,
      registryAuth: unused,
      probeImage: unused,
      engineProcess: unused,
      restartEngine: unused,
      release: unused,
    },
    managers,
    tokens: new JoinTokens(engineOf),
    report: () => undefined,
    expected: [],
    nodes: new Map(),
  };
}

const init: StepOfKind<'init-swarm'> = {
  id: 'init-swarm:h1',
  kind: 'init-swarm',
  host: 'h1',
  args: {
    cluster: 'demo',
    advertiseAddr: '10.79.0.1',
    dataPathAddr: null,
    dataPathPort: 4789,
    addressPools: [],
    subnetSize: 24,
  },
  after: [],
};
const join: StepOfKind<'join-worker'> = {
  id: 'join-worker:h2',
  kind: 'join-worker',
  host: 'h2',
  args: { via: 'h1', remoteAddr: '10.79.0.1:2377', advertiseAddr: '10.79.0.2', dataPathAddr: null },
  after: [],
};

const swarm = {
  ID: 'swarm-1',
  Version: { Index: 1 },
  Spec: { Labels: { 'io.flotilla.cluster': 'demo' } },
  JoinTokens: { Worker: 'SWMTKN-1-worker', Manager: 'SWMTKN-1-manager' },
};
const listed = (id: string, host: string, addr: string) => ({
  ID: id,
  Version: { Index: 1 },
  Spec: { Role: 'worker', Availability: 'active', Labels: {} },
  Description: { Hostname: host },
  Status: { State: 'ready', Addr: addr },
});
const info = (state: string, nodeId = '', more = {}) => ({
  ID: 'engine',
  Name: 'h2',
  ServerVersion: '20.10.24',
  OSType: 'linux',
  Architecture: 'x86_64',
  KernelVersion: '6.18.0',
  Swarm: { NodeID: nodeId, LocalNodeState: state, ...more },
});
const inSwarmAlready = {
  message: 'This node is already part of a swarm. Use "docker swarm leave" to leave this swarm.',
};

test('hosts that were seen free become a swarm with three calls to the manager and one to the worker', async () => {
  fakeOf('h1').json('POST /swarm/init', 'node-1');
  fakeOf('h1').json('GET /swarm', swarm);
  fakeOf('h1').json('GET /nodes', [listed('node-1', 'h1', '10.79.0.1'), listed('node-2', 'h2', '10.79.0.2')]);
  fakeOf('h2').json('POST /swarm/join', '');
  const context = contextOf(free);
  expect(await initSwarm(init, context)).toEqual({ kind: 'done', detail: 'node node-1' });
  expect(await joinWorker(join, context)).toEqual({ kind: 'done', detail: 'node node-2' });
  expect(callsOf('h1')).toEqual(['POST /swarm/init', 'GET /swarm', 'GET /nodes']);
  expect(callsOf('h2')).toEqual(['POST /swarm/join']);
  expect(fakeOf('h2').bodies.at(-1)).toContain('SWMTKN-1-worker');
});

test('a host that was taken into another swarm meanwhile refuses, and is left alone', async () => {
  fakeOf('h1').json('GET /info', info('active', 'node-1', { ControlAvailable: true }));
  fakeOf('h1').json('GET /swarm', swarm);
  fakeOf('h1').json('GET /nodes', [listed('node-1', 'h1', '10.79.0.1')]);
  fakeOf('h2').json('POST /swarm/join', inSwarmAlready, 503);
  fakeOf('h2').json('GET /info', info('active', 'stranger'));
  expect(await joinWorker(join, contextOf(free))).toMatchObject({ kind: 'blocked', finding: { id: 'in_other_swarm' } });
  fakeOf('h1').json('POST /swarm/init', inSwarmAlready, 503);
  fakeOf('h1').json('GET /swarm', { ...swarm, Spec: { Labels: {} } });
  expect(await initSwarm(init, contextOf(free))).toMatchObject({
    kind: 'blocked',
    finding: { id: 'in_other_swarm', message: 'h1 is a manager of another swarm.' },
  });
});

test('where the list of nodes does not tell who is who, the engine is asked which node it is', async () => {
  fakeOf('h1').json('GET /info', info('active', 'node-1', { ControlAvailable: true }));
  fakeOf('h1').json('GET /swarm', swarm);
  fakeOf('h1').json('GET /nodes', [listed('node-2', 'h2', '192.0.2.7'), listed('node-3', 'h2', '192.0.2.7')]);
  fakeOf('h2').json('POST /swarm/join', '');
  fakeOf('h2').json('GET /info', info('active', 'node-3'));
  expect(await joinWorker(join, contextOf(free))).toEqual({ kind: 'done', detail: 'node node-3' });
});

test('a run that goes on from a stored plan looks before it acts', async () => {
  fakeOf('h1').json('GET /info', info('active', 'node-1', { ControlAvailable: true }));
  fakeOf('h1').json('GET /swarm', swarm);
  fakeOf('h1').json('GET /nodes', [listed('node-2', 'h2', '10.79.0.2')]);
  fakeOf('h2').json('GET /info', info('active', 'node-2'));
  expect(await initSwarm(init, contextOf(null))).toEqual({ kind: 'already-done' });
  expect(await joinWorker(join, contextOf(null))).toEqual({ kind: 'already-done', detail: 'node node-2' });
  expect([...callsOf('h1'), ...callsOf('h2')].filter((call) => call.startsWith('POST'))).toEqual([]);
});
