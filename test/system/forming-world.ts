import type { Observation } from '#core/observation.ts';
import { known } from '#core/observed.ts';
import type { StepOfKind } from '#core/step.ts';
import { hostFacts } from '#core/testing/observations.ts';
import { type EngineClient, localEngine } from '#workers/docker/engine.ts';
import type { StepContext } from '#workers/steps/context.ts';
import { JoinTokens } from '#workers/steps/join-tokens.ts';
import { Managers } from '#workers/steps/managers.ts';
import { FakeEngine } from './ssh-fake-engine.ts';
import { SshWorld } from './ssh-world.ts';

/** Two engines that answer what a test gives them, and steps that make a swarm of their hosts h1 and h2. */
export interface FormingWorld {
  fakeOf: (host: string) => FakeEngine;
  /** What a host's engine was asked, such as `POST /swarm/init`. */
  callsOf: (host: string) => string[];
  /** A step's context on the fake engines; `seenJustNow` null is a run that goes on from a stored plan. */
  contextOf: (seenJustNow: Observation | null) => StepContext;
  close: () => Promise<void>;
}

export async function createFormingWorld(): Promise<FormingWorld> {
  const world = new SshWorld();
  const hosts = new Map<string, { fake: FakeEngine; engine: EngineClient }>();
  for (const name of ['h1', 'h2']) {
    const fake = await new FakeEngine(world.path(`${name}.sock`)).start(world);
    hosts.set(name, { fake, engine: localEngine(fake.socketPath, name) });
  }
  const hostOf = (name: string) => {
    const host = hosts.get(name);
    if (host === undefined) throw new Error(`no fake engine ${name}`);
    return host;
  };
  return {
    fakeOf: (host) => hostOf(host).fake,
    callsOf: (host) =>
      hostOf(host)
        .fake.asked.map((call) => call.replace(/\/v[0-9.]+\//, '/').replace(/\?.*/, ''))
        .filter((call) => !call.includes('_ping')),
    contextOf: (seenJustNow) => contextOn((host) => hostOf(host).engine, seenJustNow),
    close: async () => {
      for (const { engine } of hosts.values()) await engine.close();
      await world.close();
    },
  };
}

function contextOn(engineOf: (host: string) => EngineClient, seenJustNow: Observation | null): StepContext {
  const unused = (): never => {
    throw new Error('a join uses the engines only');
  };
  return {
    operation: 'op_1',
    cluster: 'demo',
    seenJustNow,
    hosts: {
      all: [],
      engine: engineOf,
      shownKey: unused,
      system: unused,
      reach: unused,
      firstLook: unused,
      evidence: unused,
      counters: unused,
      battery: unused,
      firewall: unused,
      registryAuth: unused,
      secrets: { states: unused, value: unused },
      probeImage: unused,
      engineProcess: unused,
      restartEngine: unused,
      release: unused,
    },
    managers: new Managers({ engineOf, candidates: ['h1'], swarmId: null, cluster: 'demo' }),
    tokens: new JoinTokens(engineOf),
    report: () => undefined,
    configs: {},
    containers: [],
    expected: [],
    nodes: new Map(),
  };
}

/** Both hosts in no swarm. */
export const free: Observation = {
  at: '2026-01-01T00:00:00.000Z',
  hosts: { h1: known(hostFacts('h1')), h2: known(hostFacts('h2')) },
  swarm: known(null),
};

export const init: StepOfKind<'init-swarm'> = {
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
export const join: StepOfKind<'join-worker'> = {
  id: 'join-worker:h2',
  kind: 'join-worker',
  host: 'h2',
  args: { via: 'h1', remoteAddr: '10.79.0.1:2377', advertiseAddr: '10.79.0.2', dataPathAddr: null },
  after: [],
};

export const swarm = {
  ID: 'swarm-1',
  Version: { Index: 1 },
  Spec: { Labels: { 'io.flotilla.cluster': 'demo' } },
  JoinTokens: { Worker: 'SWMTKN-1-worker', Manager: 'SWMTKN-1-manager' },
};
export const listed = (id: string, host: string, addr: string) => ({
  ID: id,
  Version: { Index: 1 },
  Spec: { Role: 'worker', Availability: 'active', Labels: {} },
  Description: { Hostname: host },
  Status: { State: 'ready', Addr: addr },
});
export const info = (state: string, nodeId = '', more = {}) => ({
  ID: 'engine',
  Name: 'h2',
  ServerVersion: '20.10.24',
  OSType: 'linux',
  Architecture: 'x86_64',
  KernelVersion: '6.18.0',
  Swarm: { NodeID: nodeId, LocalNodeState: state, ...more },
});
export const inSwarmAlready = {
  message: 'This node is already part of a swarm. Use "docker swarm leave" to leave this swarm.',
};
