import { describe, expect, test } from 'vitest';
import { bareHosts, formedSwarm, inputOf, withSwarm, withSystem } from '../testing/observations.ts';
import { lines, told } from '../testing/told.ts';

const pools = { swarm: { address_pools: ['10.200.0.0/16'] } };

test('the range of the hosts in an address pool is told while it can still be changed', async () => {
  const one = { nodes: { h1: { role: 'manager' } } } as const;
  expect(await told(inputOf(one, bareHosts('h1')))).toContain(
    'warning pool-overlaps-host: The address pool 10.0.0.0/8 overlaps the network that h1 is in (10.79.0.1/24 on eth0): a network without `subnet` may be given that range. Set `swarm.address_pools`',
  );
  expect(await told(inputOf({ ...one, ...pools }, bareHosts('h1')))).not.toContain('warning');
});

test('a member that the managers do not hear is told', async () => {
  const observation = withSwarm(formedSwarm(['h1'], ['h2']), (swarm) => ({
    ...swarm,
    nodes: swarm.nodes.map((node) => (node.hostname === 'h2' ? { ...node, state: 'down' } : node)),
  }));
  expect(await told(inputOf({ ...pools, nodes: { h1: { role: 'manager' }, h2: {} } }, observation))).toBe(
    lines(`
      demo, revision 1: nothing to do
      warning node-not-ready: The engine of h2 answers, but the managers say that the node is down. Check TCP 2377 from h2 to every manager.`),
  );
});

test('a node that advertises an address which its host has not got any more is told, with the way to another one', async () => {
  const addresses = [{ iface: 'eth0', address: '10.80.0.2', prefix: 24, mtu: 1500 }];
  const observation = withSystem(formedSwarm(['h1'], ['h2']), 'h2', { addresses });
  expect(await told(inputOf({ ...pools, nodes: { h1: { role: 'manager' }, h2: {} } }, observation))).toBe(
    lines(`
      demo, revision 1: nothing to do
      warning advertise-address-lost: h2 advertises 10.79.0.2 in the swarm, which is no address of it any more (it has 10.80.0.2): what the others send it there does not arrive. Give h2 the address 10.79.0.2 back, or let it join anew with the one that it has: \`flotilla node rm h2\`, then \`flotilla node add h2\`. What a node advertises holds until it leaves, and has nothing to do with the address that SSH uses.`),
  );
});

describe('addresses', () => {
  const eth = (iface: string, address: string) => ({ iface, address, prefix: 24, mtu: 1500 });
  const lo = { iface: 'lo', address: '127.0.0.1', prefix: 8, mtu: 65536 };
  const one = { nodes: { h1: { role: 'manager' } } } as const;
  const reached = (address: string, input = inputOf(one, bareHosts('h1'))) => ({
    ...input,
    hosts: input.hosts.map((host) => ({ ...host, address })),
  });
  const at = (observation: ReturnType<typeof bareHosts>, address: string) =>
    reached(address, inputOf(one, observation));

  test('a host reached by name has one address: that', async () => {
    expect(await told(at(bareHosts('h1'), 'h1.example.com'))).toContain(
      'decided nodes.h1.advertise_addr: 10.79.0.1 (the only address of h1, on eth0)',
    );
  });

  test('several addresses, none of them the one of SSH: refused, and a loopback is never taken', async () => {
    const observation = withSystem(bareHosts('h1'), 'h1', {
      addresses: [lo, eth('eth0', '10.79.0.1'), eth('eth1', '192.168.5.1')],
    });
    expect(await told(at(observation, '127.0.0.1'))).toBe(
      lines(`
        refused plan_refused on h1: h1 has several addresses: 10.79.0.1 (eth0), 192.168.5.1 (eth1), and none of them is the one that SSH uses.
        Nothing was changed on any host.
        next: Set \`nodes.h1.advertise_addr\` to the address that the other hosts reach.`),
    );
    expect(await told(at(observation, '192.168.5.1'))).toContain('advertising 192.168.5.1');
  });

  describe('of a host with two, which the others have asked', () => {
    const two = { ...pools, nodes: { h1: { role: 'manager' }, h2: {} } } as const;
    const lan = { answers: true, source: '192.168.5.1' };
    const silent = { answers: false, source: '10.79.0.1' };
    const both = (ofH1: Record<string, typeof lan>) => {
      const multi = withSystem(bareHosts('h1', 'h2'), 'h1', {
        addresses: [lo, eth('eth0', '10.79.0.1'), eth('eth1', '192.168.5.1')],
        reach: { '10.79.0.2': lan },
      });
      return withSystem(multi, 'h2', { reach: ofH1 });
    };

    test('that which they reach is advertised, also when SSH uses the other one', async () => {
      const observation = both({ '10.79.0.1': silent, '192.168.5.1': lan });
      expect(await told(inputOf(two, observation))).toContain(
        'decided nodes.h1.advertise_addr: 192.168.5.1 (eth1: h2 reach it, and packets toward them leave from it; 10.79.0.1 does not answer all of them)',
      );
    });

    test('of two that they reach, that which the kernel sends from', async () => {
      const observation = both({ '10.79.0.1': lan, '192.168.5.1': lan });
      expect(await told(inputOf(two, observation))).toContain('decided nodes.h1.advertise_addr: 192.168.5.1 (eth1');
    });

    test('that of SSH when none of them answers', async () => {
      const observation = both({ '10.79.0.1': silent, '192.168.5.1': silent });
      expect(await told(inputOf(two, observation))).toContain(
        'decided nodes.h1.advertise_addr: 10.79.0.1 (the address that SSH uses, on eth0)',
      );
    });

    test('a written one that nobody reaches is refused, with the one that works', async () => {
      const observation = both({ '10.79.0.1': silent, '192.168.5.1': lan });
      const nodes = { h1: { role: 'manager', advertise_addr: '10.79.0.1' }, h2: {} } as const;
      const answer = await told(inputOf({ ...pools, nodes }, observation));
      expect(answer).toContain(
        'refused plan_refused on h1: h1 is to advertise 10.79.0.1, which does not answer h2; 192.168.5.1 on eth1 does.',
      );
      expect(answer).toContain('next: Set `nodes.h1.advertise_addr` to 192.168.5.1');
    });
  });

  test('a written address must be on the host', async () => {
    const nodes = { h1: { role: 'manager', advertise_addr: '10.1.1.1' } } as const;
    expect(await told(inputOf({ nodes }, bareHosts('h1')))).toContain(
      'refused plan_refused on h1: h1 does not have the address 10.1.1.1; it has 10.79.0.1 (eth0).',
    );
  });

  test('so must the one for container traffic', async () => {
    const nodes = { h1: { role: 'manager', data_path_addr: '10.1.1.1' } } as const;
    expect(await told(inputOf({ nodes }, bareHosts('h1')))).toContain(
      'next: Set `nodes.h1.data_path_addr` to an address of h1',
    );
  });

  test('two names for one machine', async () => {
    const observation = withSystem(bareHosts('h1', 'h2'), 'h2', { addresses: [eth('eth0', '10.79.0.1')] });
    expect(await told(inputOf({ nodes: { h1: { role: 'manager' }, h2: {} } }, observation))).toContain(
      'refused conflict: h1 and h2 have the same address 10.79.0.1.',
    );
  });

  test('a node cannot change the address that it advertises', async () => {
    const nodes = { h1: { role: 'manager' }, h2: { advertise_addr: '10.1.1.1' } } as const;
    expect(await told(inputOf({ ...pools, nodes }, formedSwarm(['h1'], ['h2'])))).toMatch(
      /^refused not_supported_yet on h2: h2 advertises 10\.79\.0\.2; it can change to 10\.1\.1\.1 only by leaving/,
    );
  });
});
