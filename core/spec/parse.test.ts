import { describe, expect, test } from 'vitest';
import { parseSpec } from './parse.ts';

/** Everything that is wrong with a spec, one `pointer message` a line; empty when it is right. */
function wrong(input: unknown): string[] {
  const parsed = parseSpec(input);
  return parsed.ok ? [] : parsed.issues.map(({ pointer, message }) => `${pointer} ${message}`);
}

/** A right spec of three nodes with something more in it. */
const withMore = (more: Record<string, unknown>) => ({
  cluster: 'demo',
  nodes: { h1: { role: 'manager' }, h2: {}, h3: {} },
  networks: { net: { attachable: true }, closed: {} },
  ...more,
});
const withService = (service: Record<string, unknown>) =>
  withMore({ services: { web: { image: 'nginx', ...service } } });
const withContainer = (container: Record<string, unknown>) =>
  withMore({ containers: { one: { image: 'nginx', host: 'h1', ...container } } });
const withNetwork = (network: Record<string, unknown>) => withMore({ networks: { net: network } });

describe('a right spec', () => {
  test('gets every default, and parses to itself again', () => {
    const parsed = parseSpec(
      withMore({
        services: {
          web: {
            image: 'nginx',
            command: 'serve -v',
            environment: ['A=1', 'B=x=y'],
            networks: ['net'],
            ports: ['8080:80', { target: 53, published: '53', protocol: 'udp', mode: 'host' }],
            labels: { n: 1, yes: true },
          },
        },
      }),
    );
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
    expect(parsed.spec.services['web']).toEqual({
      image: 'nginx',
      command: ['serve', '-v'],
      environment: { A: '1', B: 'x=y' },
      networks: { net: { aliases: [] } },
      ports: [
        { target: 80, published: 8080, protocol: 'tcp' },
        { target: 53, published: 53, protocol: 'udp', mode: 'host' },
      ],
      labels: { n: '1', yes: 'true' },
      deploy: { mode: 'replicated', endpoint_mode: 'auto', labels: {}, placement: { constraints: [] } },
    });
    expect(parsed.spec.verify).toEqual({ connectivity: 'sampled', http: [] });
    expect(parseSpec(parsed.spec)).toEqual(parsed);
  });

  test('may leave a section or an entry empty, as YAML allows, and keep notes under x-', () => {
    expect(
      wrong({
        cluster: 'demo',
        'x-note': 'hi',
        nodes: { h1: { role: 'manager' }, h2: null },
        networks: { net: null },
        services: null,
      }),
    ).toEqual([]);
    expect(wrong(withService({ networks: { net: null } }))).toEqual([]);
  });
});

describe('wrong forms', () => {
  test('something that is no map at all', () => {
    expect([null, 3, 'x', [], true].map((input) => wrong(input)[0])).toEqual([
      ' must be a map, not empty',
      ' must be a map, not a number',
      ' must be a map, not text',
      ' must be a map, not a list',
      ' must be a map, not true or false',
    ]);
    expect(wrong({})).toEqual(['/cluster is missing', '/nodes is missing']);
  });

  test('types are named in plain words, all at once', () => {
    expect(
      wrong({
        cluster: 7,
        swarm: { data_path_port: '4789', subnet_size: 40 },
        nodes: { h1: { role: 'boss', labels: { a: {} } }, 'h 2': {} },
        networks: { net: { attachable: 'yes', mtu: 'big', subnet: '10.0.0.1/8' } },
        services: {
          web: { ports: ['80', { target: 80 }, 8080, '1:70000'], networks: 'net', deploy: { replicas: 1.5 } },
          x: 3,
        },
        verify: { http: [{ url: 'h1:80' }] },
      }),
    ).toEqual([
      '/cluster must be text, not a number',
      '/swarm/data_path_port must be a number, not text',
      '/swarm/subnet_size must be at most 29',
      '/nodes/h1/role must be `manager` or `worker`',
      '/nodes/h1/labels/a must be text or a number or true or false, not a map',
      '/nodes/h 2 is not a valid name: use 1 to 63 letters, digits, `-`, `_` or `.`',
      '/networks/net/attachable must be true or false, not text',
      '/networks/net/subnet is not a network like `10.200.1.0/24` (host bits must be zero)',
      '/networks/net/mtu must be `auto` or a number, not text',
      '/services/web/image is missing',
      '/services/web/networks must be a list or a map, not text',
      '/services/web/ports/0 says no port of the hosts; write `80:80`, or another one in front',
      '/services/web/ports/1/published is missing',
      '/services/web/ports/2 must be text or a map, not a number',
      '/services/web/ports/3/target must be at most 65535',
      '/services/web/deploy/replicas must be a whole number, not a fraction',
      '/services/x must be a map, not a number',
      '/verify/http/0/url must be a URL such as `http://h1:8080/`',
    ]);
  });

  test('unknown keys are named with the nearest one', () => {
    expect(
      wrong({ ...withMore({}), netwroks: {}, nodes: { h1: { roll: 'manager', role: 'manager', label: {} } } }),
    ).toEqual([
      '/nodes/h1/roll is not a known key; did you mean `role`?',
      '/nodes/h1/label is not a known key; did you mean `labels`?',
      '/netwroks is not a known key; did you mean `networks`?',
    ]);
    expect(wrong(withService({ deploy: { replica: 2 }, something: 1 }))).toEqual([
      '/services/web/deploy/replica is not a known key; did you mean `replicas`?',
      '/services/web/something is not a known key',
    ]);
  });

  test('keys of Compose that are not carried out are refused by name', () => {
    expect(wrong({ ...withMore({}), version: '3.9', models: {} })).toEqual([
      '/version `version` is not accepted: It has no meaning in Compose any more; leave it out.',
      '/models `models` is not supported yet',
    ]);
    expect(
      wrong(
        withService({
          devices: [],
          build: '.',
          deploy: { resources: { reservations: { devices: [] } } },
          mem_limit: '1g',
          ports: [{ target: 1, published: 1, host_ip: '::' }],
          networks: { net: { ipv4_address: 'x' } },
        }),
      ),
    ).toEqual([
      '/services/web/networks/net/ipv4_address `ipv4_address` is not accepted: Swarm gives each task its address; others find it by the name of the service.',
      '/services/web/ports/0/host_ip `host_ip` is not accepted: Ports are published on all addresses of a host.',
      '/services/web/deploy/resources/reservations/devices `reservations.devices` is not supported yet',
      '/services/web/devices `devices` is not accepted: Swarm gives no device to a task.',
      '/services/web/build `build` is not accepted: No host has its sources. Build it, push it to a registry, and name it in `image`.',
      '/services/web/mem_limit `mem_limit` is not accepted: Write `deploy.resources.limits.memory`.',
    ]);
    expect(wrong(withNetwork({ ipam: {}, driver: 'bridge' }))).toEqual([
      '/networks/net/driver must be `overlay`',
      '/networks/net/ipam `ipam` is not accepted: Write `subnet`, `gateway` and `ip_range` right below the network.',
    ]);
  });

  test('an image whose name was to be filled in', () => {
    expect(wrong(withService({ image: 'acme/web:${TAG}' }))).toEqual([
      '/services/web/image has a variable such as `${TAG}`, which only the command line fills in, in Compose files of stacks',
    ]);
  });

  test('it never throws, whatever it is given', () => {
    const odd = [
      undefined,
      Symbol('s'),
      () => 1,
      10n,
      new Map(),
      { cluster: { toString: null } },
      { nodes: { constructor: null, __proto__: 3 } },
      { networks: [{ a: 1 }] },
    ];
    for (const input of odd) expect(wrong(input).length).toBeGreaterThan(0);
  });
});

describe('what does not exist', () => {
  test('hosts, networks and URLs are held against the spec', () => {
    expect(wrong(withContainer({ host: 'h4', networks: ['nett'] }))).toEqual([
      '/containers/one/host `h4` is not a node of the spec; did you mean `h1`?',
      '/containers/one/networks `nett` is not a network of the spec; did you mean `net`?',
    ]);
    expect(wrong(withContainer({ host: 'constructor' }))).toEqual([
      '/containers/one/host `constructor` is not a node of the spec',
    ]);
    expect(wrong(withService({ networks: ['other', 'host'] }))).toEqual([
      '/services/web/networks `other` is not a network of the spec',
      '/services/web/networks `host` is for containers; services run on the networks of the spec',
    ]);
    expect(
      wrong(
        withMore({
          verify: {
            http: [
              { url: 'http://h9:80' },
              { url: 'http://H1:80' },
              { url: 'http://10.0.0.1/' },
              { url: 'https://[::1]/' },
              { url: 'https://a.example/' },
            ],
          },
        }),
      ),
    ).toEqual(['/verify/http/0/url `h9` is not a node of the spec; did you mean `h1`?']);
  });

  test('at least one manager', () => {
    expect(wrong({ cluster: 'demo', nodes: { h1: {} } })).toEqual([
      '/nodes must have at least one node with `role: manager`',
    ]);
  });
});

describe('what does not go together', () => {
  test('containers and the networks they may be on', () => {
    expect(wrong(withContainer({ networks: ['closed'] }))).toEqual([
      '/containers/one/networks `closed` is not attachable; write `attachable: true` there',
    ]);
    expect(wrong(withContainer({ networks: ['bridge'], ports: ['80:80'] }))).toEqual([]);
    expect(wrong(withContainer({ networks: ['host'] }))).toEqual([]);
    expect(wrong(withContainer({ networks: ['host', 'net'], ports: ['80:80'] }))).toEqual([
      '/containers/one/networks `host` does not go with other networks',
      '/containers/one/networks `host` has all ports of the host; leave `ports` out',
    ]);
    expect(wrong(withContainer({ networks: { bridge: { aliases: ['x'] } } }))).toEqual([
      '/containers/one/networks `bridge` has no aliases',
    ]);
    expect(wrong(withContainer({ ports: [{ published: 80, target: 80, mode: 'ingress' }] }))).toEqual([
      '/containers/one/ports/0/mode `ingress` is for services; a container publishes on its host',
    ]);
  });

  test('services', () => {
    expect(
      wrong(
        withService({
          deploy: {
            mode: 'global',
            replicas: 2,
            endpoint_mode: 'dnsrr',
            placement: { constraints: ['node.role = manager', 'node.labels.a!=b'] },
          },
          ports: [{ published: 80, target: 80, mode: 'ingress' }],
        }),
      ),
    ).toEqual([
      '/services/web/deploy/replicas does not go with `mode: global`, which runs one task on each node',
      '/services/web/ports/0/mode `ingress` does not go with `endpoint_mode: dnsrr`; write `host`',
      '/services/web/deploy/placement/constraints/0 is not a constraint such as `node.role == manager` or `node.labels.zone != a`',
    ]);
  });

  test('names that Swarm or Docker do not take', () => {
    expect(
      wrong(
        withMore({
          networks: { 'a.b': {} },
          services: { 'c.d': { image: 'x' } },
          containers: { e: { image: 'x', host: 'h1' }, 'f.g': { image: 'x', host: 'h1' } },
        }),
      ),
    ).toEqual([
      '/networks/a.b may not have a dot in its name: Swarm does not take it',
      '/services/c.d may not have a dot in its name: Swarm does not take it',
      '/containers/e needs a name of two letters or more',
    ]);
  });

  test('names and labels', () => {
    expect(
      wrong(
        withMore({
          networks: { ingress: {}, net: { attachable: true, labels: { 'io.flotilla.cluster': 'x' } } },
          services: {
            web: { image: 'a', networks: { net: { aliases: ['db'] } } },
            db: { image: 'a', networks: ['net'] },
          },
          containers: { web: { image: 'a', host: 'h1' } },
        }),
      ),
    ).toEqual([
      '/containers/web has the name of a service; names must differ',
      '/services/web/networks/net/aliases/0 `db` is the name of another one on net',
      '/networks/net/labels/io.flotilla.cluster starts with `io.flotilla.`, which Flotilla writes itself',
      '/networks/ingress is the name of a network that Docker makes itself',
    ]);
  });
});

describe('published ports', () => {
  const two = (a: unknown, b: unknown, more = {}) =>
    withMore({ services: { a: { image: 'x', ports: [a], ...more }, b: { image: 'x', ports: [b], ...more } } });

  test('are taken once in the swarm, by protocol', () => {
    expect(wrong(two('80:1', '80:2'))).toEqual([
      '/services/b/ports/0 tcp port 80 is published by the service a already',
    ]);
    expect(wrong(two('80:1', '80:1/udp'))).toEqual([]);
  });

  test('in host mode may be kept apart by constraints', () => {
    const host = (target: number) => ({ published: 80, target, mode: 'host' });
    expect(wrong(two(host(1), host(2)))).toEqual([
      '/services/b/ports/0 tcp port 80 is published by the service a already',
    ]);
    expect(wrong(two(host(1), host(2), { deploy: { placement: { constraints: ['node.role==worker'] } } }))).toEqual([]);
  });

  test('of containers count on their host', () => {
    const containers = (host: string) => ({
      containers: { aa: { image: 'x', host: 'h1', ports: ['80:80'] }, bb: { image: 'x', host, ports: ['80:80'] } },
    });
    expect(wrong(withMore(containers('h1')))).toEqual([
      '/containers/bb/ports/0 tcp port 80 is published by the container aa already on h1',
    ]);
    expect(wrong(withMore(containers('h2')))).toEqual([]);
    expect(
      wrong(
        withMore({
          services: { web: { image: 'x', ports: ['80:80'] } },
          containers: { aa: { image: 'x', host: 'h1', ports: ['80:80'] } },
        }),
      ),
    ).toEqual(['/containers/aa/ports/0 tcp port 80 is published by the service web already on h1']);
  });

  test("are not the swarm's own", () => {
    expect(wrong(withService({ ports: ['2377:1', '7946:1/udp', '4789:1/udp', '4789:1'] }))).toEqual([
      "/services/web/ports/0 tcp port 2377 is the swarm's own (management)",
      "/services/web/ports/1 udp port 7946 is the swarm's own (gossip)",
      "/services/web/ports/2 udp port 4789 is the swarm's own (data path)",
    ]);
  });
});

describe('subnets', () => {
  test('hold their gateway and range', () => {
    expect(wrong(withNetwork({ subnet: '10.1.0.0/24', gateway: '10.2.0.1', ip_range: '10.1.0.0/16' }))).toEqual([
      '/networks/net/gateway is not in the subnet 10.1.0.0/24',
      '/networks/net/ip_range is not in the subnet 10.1.0.0/24',
    ]);
    expect(wrong(withNetwork({ subnet: '10.1.0.0/24', gateway: '10.1.0.255' }))).toEqual([
      '/networks/net/gateway is the first or last address of 10.1.0.0/24, which no host may have',
    ]);
    expect(wrong(withNetwork({ gateway: '10.1.0.1' }))).toEqual(['/networks/net/gateway needs `subnet` beside it']);
    expect(wrong(withNetwork({ subnet: '10.1.0.0/31' }))).toEqual([
      '/networks/net/subnet is too small; /29 is the smallest',
    ]);
  });

  test('for IPv6 are written apart', () => {
    expect(wrong(withNetwork({ subnet: 'fd00::/64' }))).toEqual([
      '/networks/net/subnet must be an IPv4 network; write an IPv6 one as `subnet6`',
    ]);
    expect(wrong(withNetwork({ enable_ipv6: true }))).toEqual([
      '/networks/net/enable_ipv6 needs `subnet6` beside it: Docker has no default IPv6 range for overlays',
    ]);
    expect(wrong(withNetwork({ subnet: '10.1.0.0/24', subnet6: '10.2.0.0/24' }))).toEqual([
      '/networks/net/subnet6 must be an IPv6 network',
      '/networks/net/subnet6 needs `enable_ipv6: true`',
    ]);
    expect(wrong(withNetwork({ subnet: '10.1.0.0/24', subnet6: 'fd00::/64', enable_ipv6: true }))).toEqual([]);
  });

  test('overlap neither each other nor the ingress network', () => {
    expect(
      wrong(
        withMore({
          networks: { a: { subnet: '10.1.0.0/16' }, b: { subnet: '10.1.2.0/24' }, c: { subnet: '10.0.0.0/24' } },
        }),
      ),
    ).toEqual([
      '/networks/b/subnet overlaps 10.1.0.0/16 of the network a',
      '/networks/c/subnet overlaps 10.0.0.0/24, which the swarm takes for its ingress network (the first subnet of the first address pool)',
    ]);
    expect(
      wrong({
        ...withMore({ networks: { a: { subnet: '10.200.0.0/26' }, b: { subnet: '10.200.1.0/24' } } }),
        swarm: { address_pools: ['10.200.0.0/16'] },
      }),
    ).toEqual([
      '/networks/a/subnet overlaps 10.200.0.0/24, which the swarm takes for its ingress network (the first subnet of the first address pool)',
    ]);
  });

  test('of pools are large enough and apart', () => {
    expect(
      wrong({ ...withMore({}), swarm: { address_pools: ['10.1.0.0/16', '10.1.4.0/24', 'fd00::/64', '10.9.0.0/26'] } }),
    ).toEqual([
      '/swarm/address_pools/1 overlaps the pool 10.1.0.0/16',
      '/swarm/address_pools/2 must be an IPv4 network',
      '/swarm/address_pools/3 is smaller than one subnet of `subnet_size: 24`',
    ]);
  });
});
