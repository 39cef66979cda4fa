import { describe, expect, test } from 'vitest';
import {
  bareHosts,
  formedSwarm,
  inputOf,
  withEngine,
  withSwarm,
  withSystem,
  withUnseen,
} from '../testing/observations.ts';
import { carriedOut, lines, planned, told } from '../testing/told.ts';
import { known, unknown } from '../observed.ts';

const threeNodes = { nodes: { h1: { role: 'manager' }, h2: { labels: { zone: 'a' } }, h3: {} } } as const;
const pools = { swarm: { address_pools: ['10.200.0.0/16'] } };
const demo = {
  ...pools,
  ...threeNodes,
  networks: { net: { attachable: true, subnet: '10.200.1.0/24' } },
  services: { web: { image: 'nginx', networks: ['net'], ports: ['8080:80'], deploy: { mode: 'global' as const } } },
  containers: { one: { host: 'h2', image: 'nginx', networks: ['net'], ports: ['8081:80'] } },
  verify: { connectivity: 'full' as const, http: [{ url: 'http://h1:8080' }] },
};

describe('three bare hosts', () => {
  test('become a swarm with a network, a service, a container and a proof', async () => {
    expect(await told(inputOf(demo, bareHosts('h1', 'h2', 'h3')))).toBe(
      lines(`
        demo, revision 1: risk low (only adds, or takes away what nothing uses)
         1. h1: check that the host is fit to join
         2. h2: check that the host is fit to join
         3. h3: check that the host is fit to join
         4. h1: start the swarm demo, advertising 10.79.0.1 (data path port 4789, address pools 10.200.0.0/16 in /24)
         5. h2: join as a worker through h1, advertising 10.79.0.2
         6. h3: join as a worker through h1, advertising 10.79.0.3
         7. set node h2: worker, active, labels zone=a
         8. create network net (overlay, attachable, 10.200.1.0/24, mtu 1500)
         9. create service web (image nginx, global, on net, dnsrr, 8080:80 on each host with a task)
        10. h2: run container one (image nginx, on net, 8081:80)
        11. verify: full connectivity on net; published ports 8080, 8081; http://h1:8080 answers 200
        decided nodes.h1.advertise_addr: 10.79.0.1 (the address that SSH uses, on eth0)
        decided nodes.h2.advertise_addr: 10.79.0.2 (the address that SSH uses, on eth0)
        decided nodes.h3.advertise_addr: 10.79.0.3 (the address that SSH uses, on eth0)
        decided networks.net.mtu: 1500 (the smallest path MTU between the nodes: h1 to h2, measured)
        decided services.web.deploy.endpoint_mode: dnsrr (the kernel of h1, h2, h3 has no ip_vs, so virtual IPs do not work there; ports are published on each host that runs a task)`),
    );
  });

  test('each step waits for what it needs, and for nothing else', async () => {
    const { steps } = await planned(inputOf(demo, bareHosts('h1', 'h2', 'h3')));
    expect(steps.slice(0, -1).map(({ id, after }) => `${id} after ${after.join(', ') || 'nothing'}`)).toEqual([
      'prepare-host:h1 after nothing',
      'prepare-host:h2 after nothing',
      'prepare-host:h3 after nothing',
      'init-swarm:h1 after prepare-host:h1, prepare-host:h2, prepare-host:h3',
      'join-worker:h2 after init-swarm:h1',
      'join-worker:h3 after init-swarm:h1',
      'set-node:h2 after join-worker:h2',
      'create-network:net after init-swarm:h1',
      'create-service:web after create-network:net, init-swarm:h1, join-worker:h2, join-worker:h3, set-node:h2',
      'run-container:one after join-worker:h2, create-network:net, init-swarm:h1',
    ]);
    expect(steps.at(-1)?.after).toEqual(steps.slice(0, -1).map(({ id }) => id));
  });

  test('the second apply has nothing to do', async () => {
    expect(await told(await carriedOut(inputOf(demo, bareHosts('h1', 'h2', 'h3'))))).toMatch(
      /^demo, revision 1: nothing to do\n(decided .*\n?)*$/,
    );
  });

  test('a verification can be asked for when nothing is to do', async () => {
    const again = await carriedOut(inputOf(demo, bareHosts('h1', 'h2', 'h3')));
    const { steps, risk } = await planned({ ...again, verify: true });
    expect(steps).toMatchObject([
      {
        id: 'verify',
        args: {
          published: [
            { of: 'web', port: 8080, hosts: ['h1', 'h2', 'h3'] },
            { of: 'one', port: 8081, hosts: ['h2'] },
          ],
        },
      },
    ]);
    expect(risk).toBe('read');
  });
});

describe('managers', () => {
  test('in an even number are a warning when one joins', async () => {
    const nodes = { h1: { role: 'manager' }, h2: { role: 'manager' } } as const;
    expect(await told(inputOf({ ...pools, nodes }, bareHosts('h1', 'h2')))).toBe(
      lines(`
        demo, revision 1: risk low (only adds, or takes away what nothing uses)
        1. h1: check that the host is fit to join
        2. h2: check that the host is fit to join
        3. h1: start the swarm demo, advertising 10.79.0.1 (data path port 4789, address pools 10.200.0.0/16 in /24)
        4. h2: join as a manager through h1, advertising 10.79.0.2
        decided nodes.h1.advertise_addr: 10.79.0.1 (the address that SSH uses, on eth0)
        decided nodes.h2.advertise_addr: 10.79.0.2 (the address that SSH uses, on eth0)
        warning even-managers: With 2 managers the swarm survives the loss of none, as with 1. Use an odd number of managers: 1, 3, 5 or 7.`),
    );
    expect(await told(inputOf({ ...pools, nodes }, formedSwarm(['h1', 'h2'], [])))).toBe(
      'demo, revision 1: nothing to do',
    );
  });

  test('join one after the other in the order of the spec, workers at once', async () => {
    const nodes = {
      h4: {},
      h3: { role: 'manager' },
      h1: { role: 'manager' },
      h2: { role: 'manager' },
      h5: {},
    } as const;
    const { steps } = await planned(inputOf({ nodes }, bareHosts('h4', 'h3', 'h1', 'h2', 'h5')));
    expect(
      steps
        .filter(({ kind }) => kind.startsWith('join') || kind === 'init-swarm')
        .map(({ id, after }) => `${id} after ${after.at(-1)}`),
    ).toEqual([
      'init-swarm:h3 after prepare-host:h5',
      'join-manager:h1 after init-swarm:h3',
      'join-manager:h2 after join-manager:h1',
      'join-worker:h4 after init-swarm:h3',
      'join-worker:h5 after init-swarm:h3',
    ]);
  });
});

describe('a swarm that is ours already', () => {
  test('takes in a host that is missing, through its leader', async () => {
    const observation = {
      ...formedSwarm(['h1'], ['h2']),
      hosts: { ...formedSwarm(['h1'], ['h2']).hosts, ...bareHosts('h3').hosts },
    };
    expect(await told(inputOf({ ...pools, nodes: { h1: { role: 'manager' }, h2: {}, h3: {} } }, observation))).toBe(
      lines(`
        demo, revision 1: risk low (only adds, or takes away what nothing uses)
        1. h3: check that the host is fit to join
        2. h3: join as a worker through h1, advertising 10.79.0.3
        decided nodes.h3.advertise_addr: 10.79.0.3 (the address that SSH uses, on eth0)`),
    );
  });

  test('is recognised by its label after a kill right after init, and nothing is initialised again', async () => {
    const formed = formedSwarm(['h1'], []);
    const observation = { ...formed, hosts: { ...formed.hosts, ...bareHosts('h2').hosts } };
    const input = inputOf({ ...pools, nodes: { h1: { role: 'manager' }, h2: {} } }, observation, {
      record: { swarmId: null, nodes: {} },
    });
    expect((await planned(input)).steps.map(({ id }) => id)).toEqual(['prepare-host:h2', 'join-worker:h2']);
  });

  test('one without our label is not ours, even when nothing is on record', async () => {
    const observation = withSwarm(formedSwarm(['h1'], ['h2']), (swarm) => ({ ...swarm, labels: {} }));
    const input = inputOf({ ...pools, nodes: { h1: { role: 'manager' }, h2: {} } }, observation, {
      record: { swarmId: null, nodes: {} },
    });
    expect(await told(input)).toBe(
      lines(`
        refused in_other_swarm: h1 is a node of another swarm, not of the cluster demo. h2 is a node of another swarm, not of the cluster demo.
        Nothing was changed on any host.
        next: If that swarm is not needed, run \`docker swarm leave --force\` on h1; else take h1 out of the spec. If that swarm is not needed, run \`docker swarm leave --force\` on h2; else take h2 out of the spec.`),
    );
  });

  test('a swarm of our name with another id than on record is not ours', async () => {
    const input = inputOf({ ...pools, nodes: { h1: { role: 'manager' } } }, formedSwarm(['h1'], []), {
      record: { swarmId: 'swarm-0', nodes: {} },
    });
    expect(await told(input)).toMatch(/^refused in_other_swarm on h1/);
  });
});

describe('what stands in the way is told, all at once', () => {
  const formTwo = { nodes: { h1: { role: 'manager' }, h2: {}, h3: {} } } as const;
  const bare = bareHosts('h1', 'h2', 'h3');

  test('hosts that could not be seen, with the reason and its code', async () => {
    const observation = {
      ...withUnseen(
        withUnseen(bare, 'h2', 'connection refused at 10.79.0.2:22', 'host_unreachable'),
        'h3',
        'the key of h3 changed',
        'host_key_changed',
      ),
      swarm: unknown('no manager was seen'),
    };
    expect(await told(inputOf(formTwo, observation))).toBe(
      lines(`
        refused host_unreachable: h2 could not be seen: connection refused at 10.79.0.2:22. h3 could not be seen: the key of h3 changed.
        Nothing was changed on any host.
        next: Run \`flotilla host probe h2\` and mend what it says, then try again. Run \`flotilla host probe h3\` and mend what it says, then try again.`),
    );
  });

  test('a host that nobody registered', async () => {
    const input = inputOf(formTwo, bare);
    expect(await told({ ...input, hosts: input.hosts.filter(({ name }) => name !== 'h2') })).toBe(
      lines(`
        refused not_found on h2: The spec names h2, but no such host is registered.
        Nothing was changed on any host.
        next: Register it with \`flotilla host add h2\`, or take it out of the spec.`),
    );
  });

  test('a host that belongs to another cluster', async () => {
    const input = inputOf(formTwo, bare);
    const hosts = input.hosts.map((one) => (one.name === 'h3' ? { ...one, cluster: 'prod' } : one));
    expect(await told({ ...input, hosts })).toContain(
      'refused conflict on h3: h3 belongs to the cluster prod; a host belongs to one cluster at most.',
    );
  });

  test('a worker of some other swarm', async () => {
    const swarm = {
      state: 'active',
      nodeId: 'strange',
      nodeAddr: '10.9.9.9',
      controlAvailable: false,
      clusterId: null,
      error: null,
    } as const;
    const observation = { ...withEngine(bare, 'h2', { swarm }), swarm: unknown('no manager was seen') };
    expect(await told(inputOf(formTwo, observation))).toMatch(
      /^refused in_other_swarm on h2: h2 is a node of another swarm/,
    );
  });

  test.each([
    ['pending', 'h2', 'conflict', 'Wait until h2 has joined'],
    ['error', 'h2', 'conflict', "Read the engine's log on h2"],
    ['locked', 'h2', 'conflict', 'docker swarm unlock'],
  ] as const)('an engine in swarm state %s', async (state, host, code, next) => {
    const swarm = {
      state,
      nodeId: null,
      nodeAddr: null,
      controlAvailable: false,
      clusterId: null,
      error: 'why',
    } as const;
    const text = await told(inputOf(formTwo, withEngine(bare, host, { swarm })));
    expect(text).toContain(`refused ${code} on ${host}: The engine of ${host} is in swarm state \`${state}\` (why).`);
    expect(text).toContain(next);
  });

  test('a gossip agent left by an earlier swarm, on TCP or UDP', async () => {
    const observation = withSystem(withSystem(bare, 'h1', { listeningUdp: [7946] }), 'h3', {
      listeningTcp: [22, 7946],
    });
    expect(await told(inputOf(formTwo, observation))).toBe(
      lines(`
        refused plan_refused: h1 is in no swarm, but port 7946 is taken there: its engine kept the gossip agent of an earlier swarm, or another program listens on it. h3 is in no swarm, but port 7946 is taken there: its engine kept the gossip agent of an earlier swarm, or another program listens on it.
        Nothing was changed on any host.
        next: Run \`flotilla host restart-engine h1\`, then try again. Run \`flotilla host restart-engine h3\`, then try again.`),
    );
  });

  test.each([
    [{ liveRestore: true }, 'plan_refused', 'live-restore'],
    [{ rootless: true }, 'plan_refused', 'rootless'],
    [{ os: 'Docker Desktop' }, 'plan_refused', 'Docker Desktop'],
    [{ version: '19.03.15', apiVersion: '1.40' }, 'engine_too_old', 'engine 19.03.15 (API 1.40); API 1.41 is needed'],
  ] as const)('an engine that cannot be a node: %o', async (engine, code, why) => {
    const text = await told(inputOf(formTwo, withEngine(bare, 'h2', engine)));
    expect(text).toContain(`refused ${code} on h2`);
    expect(text).toContain(why);
  });

  test('newer engines pass', async () => {
    expect(await told(inputOf(formTwo, withEngine(bare, 'h2', { version: '29.1.0', apiVersion: '1.52' })))).toContain(
      'join as a worker',
    );
  });

  test('system facts that are missing where a host has to join', async () => {
    const observation = {
      ...bare,
      hosts: { ...bare.hosts, h2: known({ ...facts(bare, 'h2'), system: unknown('ss: not found') }) },
    };
    expect(await told(inputOf(formTwo, observation))).toMatch(
      /^refused host_unreachable on h2: h2 could not be seen: ss: not found\./,
    );
  });

  test('a swarm on record of which no host is a node any more', async () => {
    expect(await told(inputOf(formTwo, bare, { record: { swarmId: 'swarm-1', nodes: { h1: 'node-h1' } } }))).toContain(
      'refused conflict: The cluster demo was formed as swarm swarm-1, but no host of it is in a swarm now.',
    );
  });

  test('a manager that did not answer is not taken for one of another swarm', async () => {
    const observation = {
      ...formedSwarm(['h1'], ['h2', 'h3']),
      swarm: unknown('no manager answers (h1: timeout)', 'timeout'),
    };
    const text = await told(inputOf(formTwo, observation, { record: { swarmId: null, nodes: {} } }));
    expect(text).toMatch(/^refused timeout: The swarm could not be seen: no manager answers/);
  });

  test('managers that do not answer', async () => {
    const observation = {
      ...formedSwarm(['h1'], ['h2', 'h3']),
      swarm: unknown('no manager answers (h1: timeout)', 'engine_unreachable'),
    };
    const input = inputOf(formTwo, observation, { record: { swarmId: 'swarm-1', nodes: {} } });
    expect(await told(input)).toBe(
      lines(`
        refused engine_unreachable: The swarm could not be seen: no manager answers (h1: timeout).
        Nothing was changed on any host.
        next: Bring a manager of the cluster back, then try again.`),
    );
  });

  test('settings of the swarm that are fixed since it was made', async () => {
    const input = inputOf(
      { ...threeNodes, swarm: { data_path_port: 7789, address_pools: ['10.9.0.0/16'], subnet_size: 26 } },
      formedSwarm(['h1'], ['h2', 'h3']),
    );
    expect(await told(input)).toBe(
      lines(`
        refused conflict: \`swarm.data_path_port\` is 4789 since the swarm was made and cannot become 7789. \`swarm.subnet_size\` is 24 since the swarm was made and cannot become 26. \`swarm.address_pools\` is [10.200.0.0/16] since the swarm was made and cannot become [10.9.0.0/16].
        Nothing was changed on any host.
        next: Write \`data_path_port: 4789\`, or make a new cluster. Write \`subnet_size: 24\`, or make a new cluster. Write \`address_pools: [10.200.0.0/16]\`, or make a new cluster.`),
    );
  });
});

const facts = (observation: ReturnType<typeof bareHosts>, name: string) => {
  const seen = observation.hosts[name];
  if (seen?.known !== true) throw new Error(`${name} is not known`);
  return seen.value;
};
