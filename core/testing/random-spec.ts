import type { SpecInput } from '../spec/spec.ts';

/** Whole numbers below a limit, the same for the same seed (mulberry32). */
export function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Some of the keys that may be left out. */
function keysSaid(below: (limit: number) => number) {
  const oneOf = <T>(first: T, ...others: T[]): T => others[below(others.length + 1)] ?? first;
  const some = (chance: number): boolean => below(chance) === 0;
  return {
    ...(some(3) ? { healthcheck: { test: 'true', interval: oneOf('10s', '90s') } } : {}),
    ...(some(3) ? { init: oneOf(true, false) } : {}),
    ...(some(3) ? { dns: oneOf(['10.0.0.2'], ['10.0.0.3', '10.0.0.2']) } : {}),
    ...(some(4) ? { cap_add: oneOf(['NET_ADMIN'], ['SYS_ADMIN', 'CHOWN'], []) } : {}),
    ...(some(3)
      ? { volumes: [oneOf('data:/data', 'data:/data:ro', '/srv:/data')], tmpfs: oneOf<string | string[]>('/run', []) }
      : {}),
    ...(some(4) ? { read_only: oneOf(true, false) } : {}),
  };
}

/** A valid spec on the hosts h1 to h4, the same for the same seed; neighbours differ in a few places. */
export function randomSpec(seed: number): SpecInput {
  const below = numbers(seed);
  const oneOf = <T>(first: T, ...others: T[]): T => others[below(others.length + 1)] ?? first;
  const some = (chance: number): boolean => below(chance) === 0;
  const networks = ['a', 'b', 'c'].filter((name) => name === 'a' || !some(2));
  const port = (base: number) => (some(2) ? [`${base}:80`] : []);
  const environment = (): Record<string, string> => (some(2) ? { KEY: oneOf('1', '2'), OTHER: 'x' } : {});
  const service = (base: number) => ({
    ...keysSaid(below),
    image: oneOf('nginx', 'nginx:1.27', 'docker.io/library/nginx:1.27', 'registry.local:5000/app@sha256:00'),
    ...(some(2) ? { command: oneOf('serve', 'serve --fast') } : {}),
    environment: environment(),
    networks: Object.fromEntries(
      networks.filter(() => some(2)).map((name) => [name, { aliases: some(3) ? [`alias-${base}`] : [] }]),
    ),
    ports: port(base),
    labels: environment(),
    deploy: {
      replicas: below(4),
      ...(some(3) ? { update_config: { parallelism: below(2), delay: oneOf('0s', '1s') } } : {}),
      ...(some(3) ? { resources: { limits: { memory: oneOf('64m', '1g') } } } : {}),
      ...(some(4) ? { restart_policy: { condition: oneOf('any' as const, 'on-failure' as const) } } : {}),
      endpoint_mode: oneOf('auto' as const, 'vip' as const, 'dnsrr' as const),
      placement: { constraints: some(3) ? ['node.role == worker'] : [] },
    },
  });
  return {
    cluster: 'demo',
    swarm: { address_pools: ['10.200.0.0/16'] },
    nodes: {
      h1: { role: 'manager' },
      h2: { role: oneOf('worker' as const, 'manager' as const), labels: some(2) ? { zone: oneOf('a', 'b') } : {} },
      h3: { availability: oneOf('active' as const, 'drain' as const) },
      h4: { role: oneOf('worker' as const, 'manager' as const) },
    },
    networks: Object.fromEntries(
      networks.map((name, at) => [
        name,
        {
          attachable: true,
          encrypted: name === 'b',
          subnet: `10.200.${at + 1}${name === 'c' ? below(2) : 0}.0/24`,
          mtu: oneOf<'auto' | number>('auto', 1500),
        },
      ]),
    ),
    volumes: { data: some(2) ? { labels: { team: oneOf('x', 'y') } } : {} },
    services: Object.fromEntries(
      ['web', 'api', 'db'].filter(() => !some(3)).map((name, at) => [name, service(8000 + at)]),
    ),
    containers: Object.fromEntries(
      ['one', 'two']
        .filter(() => !some(3))
        .map((name, at) => [
          name,
          {
            host: oneOf('h1', 'h2', 'h3', 'h4'),
            image: oneOf('tool', 'tool:2'),
            networks: networks.filter(() => some(2)),
            ports: port(9000 + at),
            environment: environment(),
            ...keysSaid(below),
            restart: oneOf('always' as const, 'no' as const),
          },
        ]),
    ),
  };
}
