import { describe, expect, test } from 'vitest';
import { clusterLabel } from '../spec/names.ts';
import type { SpecInput } from '../spec/spec.ts';
import {
  addressOf,
  bareHosts,
  formedSwarm,
  inputOf,
  withContainer,
  withEngine,
  withNetwork,
  withService,
  withSystem,
  withUnseen,
} from '../testing/observations.ts';
import { carriedOut, lines, planned, told } from '../testing/told.ts';

const ours = { [clusterLabel]: 'demo' };
const formed = formedSwarm(['h1'], ['h2']);
const withNetworks = (networks: SpecInput['networks'], more: Partial<SpecInput> = {}) => ({
  swarm: { address_pools: ['10.200.0.0/16'] },
  nodes: { h1: { role: 'manager' as const }, h2: {} },
  networks,
  ...more,
});
const pathTo = (peer: string, bytes: number, measured = true) => ({
  pathMtu: { [addressOf(peer)]: { bytes, measured } },
});

describe('a network is added', () => {
  test('with everything the spec can say', async () => {
    const input = inputOf(
      withNetworks({
        all: {
          attachable: true,
          encrypted: true,
          internal: true,
          enable_ipv6: true,
          subnet: '10.200.7.0/24',
          gateway: '10.200.7.9',
          ip_range: '10.200.7.128/25',
          subnet6: 'fd00::/64',
          mtu: 1450,
          labels: { team: 'x' },
        },
      }),
      formed,
    );
    expect(await told(input)).toBe(
      lines(`
        demo, revision 1: risk low (only adds, or takes away what nothing uses)
        1. create network all (overlay, attachable, internal, encrypted, IPv6, 10.200.7.0/24, fd00::/64, mtu 1450)
        2. verify: sampled connectivity on all
        warning ipv6-overlay: Swarm gives the IPv6 addresses of the network all on each host by itself: containers on different hosts may get the same one, and some may not start. Take \`enable_ipv6\` and \`subnet6\` off all, unless it is for trying out.`),
    );
    expect((await planned(input)).steps[0]?.args).toEqual({
      network: 'all',
      create: {
        Name: 'all',
        Driver: 'overlay',
        Scope: 'swarm',
        Attachable: true,
        Internal: true,
        EnableIPv6: true,
        IPAM: {
          Driver: 'default',
          Config: [
            { Subnet: '10.200.7.0/24', Gateway: '10.200.7.9', IPRange: '10.200.7.128/25' },
            { Subnet: 'fd00::/64' },
          ],
        },
        Options: { 'com.docker.network.driver.mtu': '1450', encrypted: '' },
        Labels: { team: 'x', 'io.flotilla.cluster': 'demo' },
      },
    });
    expect(await told(await carriedOut(input))).toMatch(/nothing to do$/);
  });
});

test('an IPv6 network is refused where the engine cannot allocate it', async () => {
  const spec = withNetworks({ six: { enable_ipv6: true, subnet: '10.200.7.0/24', subnet6: 'fd00::/64', mtu: 1500 } });
  expect(await told(inputOf(spec, withEngine(formed, 'h1', { version: '28.5.2', apiVersion: '1.51' })))).toBe(
    lines(`
      refused plan_refused on h1: The network six asks for \`enable_ipv6\`, but engine 28.5.2 on h1 cannot allocate an IPv6 overlay in a swarm: nothing could attach to it.
      Nothing was changed on any host.
      next: Take \`enable_ipv6\` and \`subnet6\` off six.`),
  );
});

describe('mtu: auto', () => {
  const auto = withNetworks({ net: { subnet: '10.200.7.0/24' } });

  test('is the smallest path MTU, with where it was measured', async () => {
    const observation = withSystem(formed, 'h2', pathTo('h1', 1400));
    const text = await told(inputOf(auto, observation));
    expect(text).toContain('create network net (overlay, 10.200.7.0/24, mtu 1400)');
    expect(text).toContain(
      'decided networks.net.mtu: 1400 (the smallest path MTU between the nodes: h2 to h1, measured)',
    );
  });

  test('takes large paths only when they were measured', async () => {
    const jumbo = (measured: boolean) =>
      withSystem(withSystem(formed, 'h1', pathTo('h2', 9000, measured)), 'h2', pathTo('h1', 9000, measured));
    expect(await told(inputOf(auto, jumbo(true)))).toContain('mtu 9000');
    expect(await told(inputOf(auto, jumbo(false)))).toContain('mtu 1500');
  });

  test('of a single node is that of its own link', async () => {
    const observation = withSystem(bareHosts('h1'), 'h1', {
      addresses: [{ iface: 'eth0', address: '10.79.0.1', prefix: 24, mtu: 1460 }],
    });
    expect(await told(inputOf({ nodes: { h1: { role: 'manager' } }, networks: { net: {} } }, observation))).toContain(
      'decided networks.net.mtu: 1460 (the MTU of eth0 on h1, at most 1500, as there is no path to measure)',
    );
  });

  test('leaves room for the larger header where the nodes talk IPv6', async () => {
    const input = inputOf(
      { nodes: { h1: { role: 'manager' } }, networks: { net: {} } },
      withSystem(bareHosts('h1'), 'h1', { addresses: [{ iface: 'eth0', address: 'fd00::1', prefix: 64, mtu: 1500 }] }),
    );
    const text = await told({ ...input, hosts: input.hosts.map((host) => ({ ...host, address: 'fd00::1' })) });
    expect(text).toContain('decided networks.net.mtu: 1480');
    expect(text).toContain('start the swarm demo, advertising fd00::1');
  });

  test('that was fixed earlier wins over what is measured now', async () => {
    const decisions = [{ path: 'networks.net.mtu', value: 1400, reason: 'as planned' }];
    expect(await told(inputOf(auto, formed, { decisions }))).toContain('mtu 1400');
  });

  test('needs every node to be seen', async () => {
    expect(await told(inputOf(auto, withUnseen(formed, 'h2', 'timeout')))).toMatch(
      /^refused host_unreachable on h2: h2 could not be seen: timeout\./,
    );
  });

  test('of a network that lives is what it has; a smaller path is a warning, never a change', async () => {
    const made = await carriedOut(inputOf(auto, formed));
    const observation = withSystem(made.observation, 'h2', pathTo('h1', 1400));
    const later = { ...made, decisions: [], observation };
    expect(await told(later)).toBe(
      lines(`
        demo, revision 1: nothing to do
        decided networks.net.mtu: 1500 (what the network has since it was made)
        warning mtu-above-path: The network net was made for an underlay of 1500 bytes, but only 1400 fit now (h2 to h1, measured). Raise the MTU of that link to 1500, or make the network anew under another name.`),
    );
  });

  test('takes a network without the option for one of 1500', async () => {
    const observation = withNetwork(formed, {
      name: 'net',
      labels: ours,
      subnets: [{ subnet: '10.200.7.0/24', gateway: '10.200.7.1', ipRange: null }],
    });
    expect(await told(inputOf(withNetworks({ net: { subnet: '10.200.7.0/24', mtu: 1500 } }), observation))).toBe(
      'demo, revision 1: nothing to do',
    );
  });
});

describe('a network that exists', () => {
  test('cannot be changed; everything that differs is named', async () => {
    const observation = withNetwork(formed, {
      name: 'net',
      labels: { ...ours, a: '1' },
      subnets: [{ subnet: '10.200.7.0/24', gateway: '10.200.7.1', ipRange: null }],
    });
    const spec = withNetworks({
      net: { attachable: true, encrypted: true, subnet: '10.200.8.0/24', mtu: 1400, gateway: '10.200.8.1' },
    });
    expect(await told(inputOf(spec, observation))).toBe(
      lines(`
        refused not_supported_yet: The network net exists and cannot be changed while it lives: \`attachable\` is false, the spec says true; \`encrypted\` is false, the spec says true; \`mtu\` is 1500, the spec says 1400; \`subnet\` is 10.200.7.0/24, the spec says 10.200.8.0/24; \`gateway\` is 10.200.7.1, the spec says 10.200.8.1; the labels differ.
        Nothing was changed on any host.
        next: Put the new settings into a network of another name and move the services and containers there, or take net out of the spec with all that uses it, apply, and put it back.`),
    );
  });

  test('without our label, or with that of another cluster, is not ours', async () => {
    for (const [labels, next] of [
      [{}, 'To take over what is there as it runs: `flotilla apply -f FILE --take-over`.'],
      [{ [clusterLabel]: 'other' }, 'carries the label of the cluster other'],
    ] as const) {
      const text = await told(inputOf(withNetworks({ net: {} }), withNetwork(formed, { name: 'net', labels })));
      expect(text).toContain(
        'refused not_ours: There is a network net already that Flotilla did not make for this cluster.',
      );
      expect(text).toContain(next);
    }
  });

  test('whose addresses are not allocated yet is not taken for a different one', async () => {
    const observation = withNetwork(formed, { name: 'net', labels: ours });
    expect(await told(inputOf(withNetworks({ net: { subnet: '10.200.7.0/24', mtu: 1500 } }), observation))).toBe(
      'demo, revision 1: nothing to do',
    );
  });
});

describe('a subnet', () => {
  const net = withNetworks({ net: { subnet: '10.200.7.0/24', mtu: 1500 } });

  test('that another network has is refused', async () => {
    const observation = withNetwork(formed, {
      name: 'other',
      subnets: [{ subnet: '10.200.0.0/20', gateway: null, ipRange: null }],
    });
    expect(await told(inputOf(net, observation))).toContain(
      'refused conflict: The subnet 10.200.7.0/24 of the network net overlaps that of the network other, which exists.',
    );
  });

  test('that a host itself is in is refused, with the interface', async () => {
    const observation = withSystem(formed, 'h2', {
      addresses: [{ iface: 'eth1', address: '10.200.7.3', prefix: 24, mtu: 1500 }],
    });
    expect(await told(inputOf(net, observation))).toContain(
      'refused conflict on h2: The subnet 10.200.7.0/24 of the network net overlaps the network that h2 itself is in (10.200.7.3/24 on eth1).',
    );
  });
});

describe('a network of ours that the spec does not name any more', () => {
  const gone = withNetwork(formed, { name: 'old', labels: ours });

  test('is removed after all that leaves it', async () => {
    const before = await carriedOut(
      inputOf(
        withNetworks(
          { old: { attachable: true }, keep: { attachable: true } },
          {
            services: { web: { image: 'nginx', networks: ['old', 'keep'] } },
            containers: { tool: { host: 'h2', image: 'tool', networks: ['old'] } },
          },
        ),
        formed,
      ),
    );
    const next = inputOf(
      withNetworks({ keep: { attachable: true } }, { services: { web: { image: 'nginx', networks: ['keep'] } } }),
      before.observation,
      { revision: 2, base: 1 },
    );
    expect(await told(next)).toBe(
      lines(`
        demo, revision 2 from 1: risk critical (takes away a network in use, a manager for good or the last that could be spared, a node by force, or the swarm)
        1. h2: remove container tool
        2. update service web: networks keep, old → keep
        3. remove network old, used by service web, container tool on h2
        4. verify: sampled connectivity on keep
        decided networks.keep.mtu: 1500 (what the network has since it was made)
        decided services.web.deploy.endpoint_mode: dnsrr (what the service runs with)`),
    );
    expect((await planned(next)).steps[2]?.after).toEqual(['remove-container:h2/tool', 'update-service:web']);
    expect(await told(await carriedOut(next))).toContain('nothing to do');
  });

  test('stays while something that is not ours uses it', async () => {
    const service = {
      id: 's1',
      name: 'theirs',
      labels: {},
      spec: { TaskTemplate: { Networks: [{ Target: 'network-old' }] } },
    };
    const observation = withContainer(withService(gone, service), 'h2', { name: 'stray', networks: ['old'] });
    expect(await told(inputOf(withNetworks({}), observation))).toBe(
      lines(`
        refused conflict: The network old is to be removed, but it is used by service theirs, container stray on h2, which Flotilla did not make.
        Nothing was changed on any host.
        next: Take them off the network first, or keep old in the spec.`),
    );
  });

  test('networks that are not ours are never removed, the ingress network neither', async () => {
    expect(await told(inputOf(withNetworks({}), withNetwork(formed, { name: 'theirs' })))).toBe(
      'demo, revision 1: nothing to do',
    );
    const labelled = withNetwork(formed, { name: 'ingress2', labels: ours, ingress: true });
    expect(await told(inputOf(withNetworks({}), labelled))).toBe('demo, revision 1: nothing to do');
  });
});

describe('a node that cannot be seen', () => {
  const engineAway = withUnseen(formed, 'h2', 'the engine does not answer', 'engine_unreachable');

  test('does not stop what does not need it, and is told', async () => {
    expect(await told(inputOf(withNetworks({ net: { mtu: 1450 } }), engineAway))).toBe(
      lines(`
        demo, revision 1: risk low (only adds, or takes away what nothing uses)
        1. create network net (overlay, subnet from the pool, mtu 1450)
        2. verify: sampled connectivity on net
        warning host-not-seen: h2 could not be seen (the engine does not answer), so its containers were not compared with the spec. Run \`flotilla host probe h2\`, mend what it says, then apply again.`),
    );
  });

  test('does not stop a revision that takes back what never came about; its proof will tell of the node', async () => {
    const ownNet = { name: 'net', labels: ours, options: { 'com.docker.network.driver.mtu': '1450' } };
    const takesBack = {
      ...inputOf(withNetworks({ net: { mtu: 1450 } }), withNetwork(engineAway, ownNet)),
      base: 3,
      revision: 4,
    };
    expect(await told(takesBack)).toMatch(
      /^demo, revision 4 from 3: risk read .*\n1\. verify: sampled connectivity on net\nwarning host-not-seen: h2 could not be seen/,
    );
    expect(await told({ ...takesBack, base: 4 })).toMatch(/^refused engine_unreachable on h2/);
  });

  test('stops the claim that nothing is to do', async () => {
    expect(await told(inputOf(withNetworks({}), engineAway))).toMatch(
      /^refused engine_unreachable on h2: h2 could not be seen: the engine does not answer\./,
    );
  });

  test('stops a container that is meant for it', async () => {
    const spec = withNetworks(
      { net: { mtu: 1450, attachable: true } },
      { containers: { one: { host: 'h2', image: 'x', networks: ['net'] } } },
    );
    expect(await told(inputOf(spec, engineAway))).toMatch(/^refused engine_unreachable on h2/);
  });

  test('can be drained', async () => {
    const spec = {
      ...withNetworks({}),
      nodes: { h1: { role: 'manager' as const }, h2: { availability: 'drain' as const } },
    };
    expect(await told(inputOf(spec, engineAway))).toContain('1. set node h2: worker, drain, no labels');
  });
});

test('a swarm whose engine is newer is planned the same way', async () => {
  expect(await told(inputOf(withNetworks({}), withEngine(formed, 'h1', { apiVersion: '1.55' })))).toBe(
    'demo, revision 1: nothing to do',
  );
});
