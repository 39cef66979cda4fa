import { describe, expect, test } from 'vitest';
import { type Adoption, adoptionOf, nodesOfAdoption } from './adoption.ts';
import type { Host } from './host.ts';
import type { EngineFacts, Observation } from './observation.ts';
import { unknown } from './observed.ts';
import { bareHosts, formedSwarm, host, withHost, withSwarm, withUnseen } from './testing/observations.ts';

const free = (name: string): Host => ({ ...host(name), cluster: null });

/** Three nodes, of which h1 and h2 are registered hosts; `from` is who is asked. */
function adopt(observation: Observation, from = 'h1', hosts = [free('h1'), free('h2')], taken = hosts) {
  return adoptionOf({ from, observation, hosts, taken: new Set(taken.map(({ name }) => name)) });
}

function adopted(...args: Parameters<typeof adopt>): Adoption {
  const result = adopt(...args);
  if (result.kind === 'refused') throw new Error(result.error.message);
  return result.adoption;
}

const swarm = (): Observation => {
  const { hosts, ...rest } = formedSwarm(['h1'], ['h2', 'h3']);
  const { h3: _unregistered, ...seen } = hosts;
  return { ...rest, hosts: seen };
};

const withSwarmState = (name: string, state: Partial<EngineFacts['swarm']>): Observation =>
  withHost(swarm(), name, ({ engine, ...facts }) => ({
    ...facts,
    engine: { ...engine, swarm: { ...engine.swarm, ...state } },
  }));

describe('a swarm that somebody else formed', () => {
  test('a host is a node when the manager lists its NodeID', () => {
    expect(nodesOfAdoption(adopted(swarm()))).toEqual({ h1: 'node-h1', h2: 'node-h2' });
  });

  test('a host of the same address that is another node, or none, is no node of it', () => {
    expect(nodesOfAdoption(adopted(withSwarmState('h2', { nodeId: 'another' })))).toEqual({ h1: 'node-h1' });
    expect(nodesOfAdoption(adopted(withSwarmState('h2', { nodeId: null, state: 'inactive' })))).toEqual({
      h1: 'node-h1',
    });
  });

  test('a node without a host comes with the command that registers it, reached as the manager is', () => {
    const like = { ...free('h1'), user: 'deploy', port: 2222, key: 'prod', via: 'bastion' };
    const { nodes } = adopted(swarm(), 'h1', [like, free('h2')]);
    expect(nodes.map(({ addHost }) => addHost)).toEqual([
      null,
      null,
      'flotilla host add h3 deploy@10.79.0.3 --port 2222 --key prod --via bastion',
    ]);
  });

  test('nothing that a manager says gets into that command but a name and an address', () => {
    const hostile = withSwarm(swarm(), (seen) => ({
      ...seen,
      nodes: seen.nodes.map((node) =>
        node.id === 'node-h3' ? { ...node, hostname: 'x; rm -rf /', addr: '$(reboot)' } : node,
      ),
    }));
    expect(adopted(hostile).nodes.at(-1)?.addHost).toBe('flotilla host add node-node-h3 root@ADDRESS');
  });

  test('a name that another host has is not offered again', () => {
    const hosts = [free('h1'), free('h2')];
    const { nodes } = adopted(swarm(), 'h1', hosts, [...hosts, host('h3')]);
    expect(nodes.at(-1)?.addHost).toBe('flotilla host add node-node-h3 root@10.79.0.3');
  });

  test('a host that could not be asked is told with its reason, and its node counts as one without a host', () => {
    const { unseen, nodes } = adopted(withUnseen(swarm(), 'h2', 'no route to host'));
    expect(unseen).toEqual({ h2: 'no route to host' });
    expect(nodes.find(({ id }) => id === 'node-h2')?.host).toBeNull();
  });

  test('the routing mesh is none of its networks, and the label of another Flotilla is told', () => {
    expect(adopted(swarm())).toMatchObject({ networks: [], label: 'demo', swarmId: 'swarm-1', manager: 'h1' });
  });
});

describe('what is no swarm to adopt is refused in one sentence', () => {
  const refusals: [string, Observation, string, string][] = [
    ['a host in no swarm', bareHosts('h1'), 'conflict', 'h1 is in no swarm, so there is nothing to adopt.'],
    [
      'a worker',
      withSwarmState('h1', { controlAvailable: false }),
      'conflict',
      'h1 is a worker of a swarm; only a manager can list it.',
    ],
    [
      'a locked swarm',
      withSwarmState('h1', { state: 'locked' }),
      'conflict',
      'The swarm of h1 is locked, so it cannot be read.',
    ],
    [
      'a host that is just joining',
      withSwarmState('h1', { state: 'pending' }),
      'conflict',
      'h1 is in a swarm but not well in it (pending).',
    ],
    [
      'a host that is away',
      withUnseen(swarm(), 'h1', 'connection refused', 'host_unreachable'),
      'host_unreachable',
      'h1 could not be asked: connection refused.',
    ],
    [
      'managers without a majority',
      { ...swarm(), swarm: unknown('The swarm does not have a leader', 'engine_error') },
      'engine_error',
      'h1 is a manager, and yet its swarm cannot be read: The swarm does not have a leader.',
    ],
  ];
  test.each(refusals)('%s', (_name, observation, code, message) => {
    const result = adopt(observation);
    const done = 'Nothing was recorded, and nothing was changed on any host.';
    expect(result).toMatchObject({ kind: 'refused', error: { code, message, done, host: 'h1' } });
  });

  test('for a worker the registered managers are named', () => {
    const result = adopt(formedSwarm(['h2'], ['h1']));
    expect(result).toMatchObject({ error: { next: expect.stringContaining('managers of some swarm: h2') } });
  });
});
