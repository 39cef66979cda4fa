import { describe, expect, test } from 'vitest';
import type { Observation } from '../observation.ts';
import { unknown } from '../observed.ts';
import { clusterLabel } from '../spec/names.ts';
import type { SpecInput } from '../spec/spec.ts';
import {
  formedSwarm,
  inputOf,
  withContainer,
  withHost,
  withNetwork,
  withService,
  withSwarm,
  withSystem,
  withUnseen,
} from '../testing/observations.ts';
import { carriedOut, lines, planned, told } from '../testing/told.ts';

const ours = { [clusterLabel]: 'demo' };
const formed = withNetwork(formedSwarm(['h1'], ['h2']), { name: 'net', labels: ours, attachable: true });
const withIpVs = (observation: Observation): Observation =>
  withSystem(withSystem(observation, 'h1', { ipVs: true }), 'h2', { ipVs: true });

type Service = NonNullable<SpecInput['services']>[string];
const spec = (services: Record<string, Service>, more: Partial<SpecInput> = {}) => ({
  swarm: { address_pools: ['10.200.0.0/16'] },
  nodes: { h1: { role: 'manager' as const }, h2: { labels: {} } },
  networks: { net: { attachable: true, mtu: 1500 } },
  services,
  ...more,
});
const web: Service = { image: 'nginx', networks: ['net'], ports: ['8080:80'] };

describe('endpoint_mode: auto', () => {
  test('is vip with the routing mesh where every kernel has ip_vs', async () => {
    expect(await told(inputOf(spec({ web }), withIpVs(formed)))).toBe(
      lines(`
        demo, revision 1: risk low (only adds, or takes away what nothing uses)
        1. create service web (image nginx, 1 replica, on net, vip, 8080:80 on every host)
        2. verify: sampled connectivity on net; published port 8080
        decided services.web.deploy.endpoint_mode: vip (the kernel of every node has ip_vs)`),
    );
  });

  test('is DNS round robin with host-mode ports where one has none', async () => {
    expect(await told(inputOf(spec({ web }), withSystem(formed, 'h1', { ipVs: true })))).toBe(
      lines(`
        demo, revision 1: risk low (only adds, or takes away what nothing uses)
        1. create service web (image nginx, 1 replica, on net, dnsrr, 8080:80 on each host with a task)
        2. verify: sampled connectivity on net; published port 8080
        decided services.web.deploy.endpoint_mode: dnsrr (the kernel of h2 has no ip_vs, so virtual IPs do not work there; ports are published on each host that runs a task)`),
    );
  });

  test('cannot be decided while a kernel was not looked at', async () => {
    const observation = withHost(withIpVs(formed), 'h2', (facts) => ({
      ...facts,
      system: unknown('permission denied', 'host_unreachable'),
    }));
    expect(await told(inputOf(spec({ web }), observation))).toMatch(
      /^refused host_unreachable on h2: h2 could not be seen: permission denied\./,
    );
  });

  test('once fixed is never changed by what is seen later; a kernel without ip_vs is then a warning', async () => {
    const made = await carriedOut(inputOf(spec({ web }), withIpVs(formed)));
    expect(await told({ ...made, observation: withSystem(made.observation, 'h2', { ipVs: false }) })).toBe(
      lines(`
        demo, revision 1: nothing to do
        decided services.web.deploy.endpoint_mode: vip (the kernel of every node has ip_vs)
        warning ip-vs-missing: The service web has a virtual IP, but the kernel of h2 has no ip_vs: containers there cannot reach it by its name. Write \`endpoint_mode: dnsrr\` for web, or load ip_vs on h2.`),
    );
  });

  test('of a running service that is new to the record is what it has', async () => {
    const made = await carriedOut(inputOf(spec({ web }), withIpVs(formed)));
    expect(await told({ ...made, decisions: [] })).toContain(
      'decided services.web.deploy.endpoint_mode: vip (what the service runs with)',
    );
  });

  test('with a written ingress port needs ip_vs, and says so', async () => {
    const ingress: Service = { ...web, ports: [{ published: 8080, target: 80, mode: 'ingress' }] };
    expect(await told(inputOf(spec({ web: ingress }), formed))).toBe(
      lines(`
        refused plan_refused: The service web publishes port 8080 with mode: ingress, but the kernel of h1, h2 has no ip_vs and cannot carry the routing mesh.
        Nothing was changed on any host.
        next: Write \`mode: host\` for port 8080, or leave the mode out, or load ip_vs on h1, h2.`),
    );
  });

  test('with an ingress port written later is not what was fixed before: the plan says so, or is refused', async () => {
    const ingress: Service = { ...web, ports: [{ published: 8080, target: 80, mode: 'ingress' }] };
    const made = await carriedOut(inputOf(spec({ web }), formed));
    const later = { ...made, ...inputOf(spec({ web: ingress }), made.observation), decisions: made.decisions };
    expect(await told(later)).toMatch(/^refused plan_refused: The service web publishes port 8080 with mode: ingress/);
    expect(await told({ ...later, observation: withIpVs(made.observation) })).toContain(
      'decided services.web.deploy.endpoint_mode: vip (a port is published with mode: ingress)',
    );
  });
});

test('endpoint_mode: vip as written is done, with ports that answer without ip_vs', async () => {
  expect(await told(inputOf(spec({ web: { ...web, deploy: { endpoint_mode: 'vip' } } }), formed))).toBe(
    lines(`
      demo, revision 1: risk low (only adds, or takes away what nothing uses)
      1. create service web (image nginx, 1 replica, on net, vip, 8080:80 on each host with a task)
      2. verify: sampled connectivity on net; published port 8080
      decided services.web.ports.8080.mode: host (the kernel of h1, h2 has no ip_vs, so virtual IPs do not work there)
      warning ip-vs-missing: The service web has a virtual IP, but the kernel of h1, h2 has no ip_vs: containers there cannot reach it by its name. Write \`endpoint_mode: dnsrr\` for web, or load ip_vs on h1, h2.`),
  );
});

test('the body is that of the Engine API', async () => {
  const service: Service = {
    image: 'app:1',
    command: ['serve'],
    entrypoint: '/bin/app -v',
    environment: { A: '1' },
    hostname: 'h',
    user: 'u',
    working_dir: '/w',
    labels: { c: '1' },
    networks: { net: { aliases: ['alias'] } },
    ports: ['53:5353/udp'],
    deploy: {
      replicas: 3,
      labels: { s: '1' },
      placement: { constraints: ['node.role==worker'] },
      endpoint_mode: 'dnsrr',
    },
  };
  const [create] = (await planned(inputOf(spec({ app: service }), formed))).steps;
  expect(create?.args).toEqual({
    service: 'app',
    spec: {
      Name: 'app',
      Labels: { s: '1', 'io.flotilla.cluster': 'demo' },
      TaskTemplate: {
        ContainerSpec: {
          Image: 'app:1',
          Command: ['/bin/app', '-v'],
          Args: ['serve'],
          Env: ['A=1'],
          Hostname: 'h',
          User: 'u',
          Dir: '/w',
          Labels: { c: '1' },
        },
        Placement: { Constraints: ['node.role==worker'] },
        Networks: [{ Target: 'net', Aliases: ['alias'] }],
      },
      Mode: { Replicated: { Replicas: 3 } },
      EndpointSpec: {
        Mode: 'dnsrr',
        Ports: [{ Protocol: 'udp', TargetPort: 5353, PublishedPort: 53, PublishMode: 'host' }],
      },
    },
  });
});

describe('a service that runs', () => {
  const before = carriedOut(inputOf(spec({ web: { ...web, environment: { A: '1', SECRET: 'old' } } }), formed));
  const next = async (service: Service) => {
    const { observation, decisions } = await before;
    return inputOf(spec({ web: service }), observation, { decisions, revision: 2, base: 1 });
  };

  test('is updated in what changed; environment values are never told', async () => {
    const changed = await next({
      ...web,
      image: 'nginx:1.27',
      ports: ['9090:80'],
      environment: { A: '1', SECRET: 'new' },
      user: 'nobody',
      labels: { l: '1' },
      deploy: { replicas: 2, labels: { team: 'x' }, placement: { constraints: ['node.role == worker'] } },
    });
    expect(await told(changed)).toBe(
      lines(`
        demo, revision 2 from 1: risk medium (changes or restarts something that runs)
        1. update service web: image nginx → nginx:1.27; replicas 1 → 2; ports 8080:80/tcp host → 9090:80/tcp host; environment (SECRET); user none → nobody; container labels (+l); labels (+team); constraints none → node.role == worker
        2. verify: sampled connectivity on net; published port 9090
        decided services.web.deploy.endpoint_mode: dnsrr (the kernel of h1, h2 has no ip_vs, so virtual IPs do not work there; ports are published on each host that runs a task)
        warning more-replicas-than-ports: The service web asks for 2 replicas, but its port 9090 can be bound once per host and only 1 node can run it. Ask for at most 1, or use \`mode: global\`.`),
    );
    expect(await told(await carriedOut(changed))).toContain('nothing to do');
  });

  test('loses variables that the spec has no more, which is told apart from those that change or come', async () => {
    const changed = await next({ ...web, environment: { SECRET: 'new', NEXT: '1' } });
    expect(await told(changed)).toContain('update service web: environment (-A, +NEXT, SECRET)');
  });

  test.each([
    [2, 'start-first', true],
    [1, 'start-first', false],
    [2, 'stop-first', false],
  ] as const)(
    'with a port on each host, %i replicas and %s it is told that no update can work: %s',
    async (replicas, order, isTold) => {
      const text = await told(await next({ ...web, deploy: { replicas, update_config: { order } } }));
      expect(text.includes('warning start-first-without-free-port: The service web has `order: start-first`')).toBe(
        isTold,
      );
    },
  );

  test('keeps what others set on it when it is updated', async () => {
    const { observation } = await before;
    const scaled = withSwarm(observation, (swarm) => ({
      ...swarm,
      services: swarm.services.map((one) => ({ ...one, spec: { ...one.spec, UpdateConfig: { Parallelism: 7 } } })),
    }));
    const [update] = (await planned({ ...(await next({ ...web, image: 'nginx:2' })), observation: scaled })).steps;
    expect(update?.args).toMatchObject({
      id: 'service-web',
      spec: { UpdateConfig: { Parallelism: 7 }, TaskTemplate: { Networks: [{ Target: 'net' }] } },
    });
    expect(JSON.stringify(update?.args)).not.toContain('io.flotilla.operation');
  });

  test('is brought back when somebody changed a field of ours by hand', async () => {
    const { observation, ...input } = await before;
    const drifted = withSwarm(observation, (swarm) => ({
      ...swarm,
      services: swarm.services.map((one) => ({ ...one, spec: { ...one.spec, Mode: { Replicated: { Replicas: 5 } } } })),
    }));
    expect(await told({ ...input, observation: drifted })).toContain('update service web: replicas 5 → 1');
  });

  test('is not touched when another client only wrote the digest of the same tag', async () => {
    const { observation, ...input } = await before;
    const pinned = withSwarm(observation, (swarm) => ({
      ...swarm,
      services: swarm.services.map((one) => ({ ...one, spec: withImage(one.spec, 'nginx:latest@sha256:abc') })),
    }));
    expect(await told({ ...input, observation: pinned })).toContain('nothing to do');
  });

  test('cannot turn from replicated into global', async () => {
    expect(await told(await next({ ...web, deploy: { mode: 'global' } }))).toMatch(
      /^refused not_supported_yet: The service web exists; Docker cannot turn a replicated service into a global one or back\./,
    );
  });

  test('is removed when the spec does not name it any more', async () => {
    const { observation } = await before;
    expect(await told(inputOf(spec({}), observation))).toBe(
      lines(`
        demo, revision 1: risk high (removes something, takes a manager away, or gives a container a hold on its host)
        1. remove service web
        2. verify: sampled connectivity on net`),
    );
  });
});

const withImage = (body: Record<string, unknown>, Image: string): Record<string, unknown> => {
  const task = body['TaskTemplate'];
  const container = typeof task === 'object' && task !== null && 'ContainerSpec' in task ? task.ContainerSpec : {};
  return { ...body, TaskTemplate: { ...Object(task), ContainerSpec: { ...Object(container), Image } } };
};

describe('a service that is not ours', () => {
  const theirs = {
    id: 's1',
    name: 'web',
    labels: {},
    spec: {
      Name: 'web',
      TaskTemplate: {},
      EndpointSpec: { Ports: [{ TargetPort: 80, PublishedPort: 8080, Protocol: 'tcp', PublishMode: 'ingress' }] },
    },
  };

  test('of the same name is refused', async () => {
    expect(await told(inputOf(spec({ web }), withService(formed, theirs)))).toMatch(
      /^refused not_ours: There is a service web already that Flotilla did not make for this cluster\./,
    );
  });

  test('of another name is never removed', async () => {
    expect(await told(inputOf(spec({}), withService(formed, theirs)))).toBe('demo, revision 1: nothing to do');
  });

  test('keeps its port', async () => {
    const text = await told(inputOf(spec({ other: web }), withService(formed, theirs)));
    expect(text).toContain(
      'refused port_taken: TCP port 8080 on h1, which the service other publishes, is taken by the service web, which Flotilla did not make.',
    );
  });
});

describe('published ports', () => {
  test('whose host cannot be seen are not known to be free, in one sentence', async () => {
    const away = withUnseen(formed, 'h2', 'h2 does not answer.', 'host_unreachable');
    const warnings = (await told(inputOf(spec({ web: { ...web, deploy: { endpoint_mode: 'dnsrr' } } }), away))).split(
      '\n',
    );
    expect(warnings.find((line) => line.includes('ports-not-checked'))?.trim()).toBe(
      'warning ports-not-checked: Whether the published ports are free on h2 is not known: h2 does not answer.',
    );
  });

  test('that a program or a container on a host has are refused, on every host at once', async () => {
    const observation = withContainer(withSystem(formed, 'h1', { listeningTcp: [22, 8080] }), 'h2', {
      name: 'old',
      publishedPorts: [8080],
    });
    expect(await told(inputOf(spec({ web: { ...web, deploy: { mode: 'global' } } }), observation))).toBe(
      lines(`
        refused port_taken: TCP port 8080 on h1, which the service web publishes, is taken by a program on the host. TCP port 8080 on h2, which the service web publishes, is taken by the container old.
        Nothing was changed on any host.
        next: Publish the service web on another port, or free port 8080 on h1. Publish the service web on another port, or free port 8080 on h2.`),
    );
  });

  test('count by protocol, and only on hosts where a task may run', async () => {
    const observation = withSystem(formed, 'h1', { listeningTcp: [53, 8080], listeningUdp: [] });
    const placed: Service = {
      ...web,
      ports: ['53:53/udp', '8080:80'],
      deploy: { placement: { constraints: ['node.role == worker'] } },
    };
    expect(await told(inputOf(spec({ web: { ...placed, ports: ['53:53/udp'] } }), observation))).toContain(
      'create service web',
    );
    expect(await told(inputOf(spec({ web: placed }), observation))).toContain('create service web');
  });

  test('that our own running service listens on are its own', async () => {
    const made = await carriedOut(inputOf(spec({ web }), formed));
    const observation = withSystem(withSystem(made.observation, 'h1', { listeningTcp: [8080] }), 'h2', {
      listeningTcp: [8080],
    });
    const input = inputOf(spec({ web: { ...web, image: 'nginx:2' } }), observation);
    expect(await told(input)).toContain('update service web: image nginx → nginx:2');
  });

  test('move from one to another after the first gave them up', async () => {
    const made = await carriedOut(inputOf(spec({ a: web }), formed));
    const input = inputOf(spec({ a: { ...web, ports: ['9090:80'] }, b: web }), made.observation);
    const { steps } = await planned(input);
    expect(steps.map(({ id }) => id)).toEqual(['update-service:a', 'create-service:b', 'verify']);
    expect(steps[1]?.after).toContain('update-service:a');
    expect(await told(await carriedOut(input))).toContain('nothing to do');
  });

  test('cannot be swapped in one change', async () => {
    const made = await carriedOut(inputOf(spec({ a: web, b: { ...web, ports: ['9090:80'] } }), formed));
    const input = inputOf(spec({ a: { ...web, ports: ['9090:80'] }, b: web }), made.observation);
    expect(await told(input)).toContain(
      'refused conflict: These changes swap published ports and would each have to come first: update-service:a, update-service:b.',
    );
  });

  test('are expected where they will answer', async () => {
    const expected = async (service: Service, observation = formed) =>
      (await planned(inputOf(spec({ web: service }), observation))).steps.at(-1)?.args;
    const on = (hosts: string[]) => ({ published: [{ of: 'web', port: 8080, hosts }] });
    expect(await expected(web, withIpVs(formed))).toMatchObject(on(['h1', 'h2']));
    expect(await expected({ ...web, deploy: { mode: 'global' } })).toMatchObject(on(['h1', 'h2']));
    expect(
      await expected({ ...web, deploy: { mode: 'global', placement: { constraints: ['node.role != manager'] } } }),
    ).toMatchObject(on(['h2']));
    // One task on two nodes: only the scheduler knows where.
    expect(await expected(web)).toMatchObject(on([]));
    expect(await expected({ ...web, ports: ['8080:80/udp'] })).toMatchObject({ published: [] });
    expect(await expected({ ...web, deploy: { replicas: 0 } })).toMatchObject({ published: [] });
  });
});
