import { describe, expect, test } from 'vitest';
import { parseSpec } from '../parse.ts';
import type { Spec } from '../spec.ts';
import { serviceKeys } from './service-keys.ts';

/* The keys that the Compose file of a stack may have beside those of a spec. */

const withFile = (compose: Record<string, unknown>) =>
  parseSpec({ cluster: 'demo', nodes: { h1: { role: 'manager' } }, stacks: { shop: { compose } } });
const withWeb = (web: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  withFile({ services: { web: { image: 'nginx', ...web }, db: { image: 'redis' } }, ...more });

function read(parsed: ReturnType<typeof parseSpec>): Spec {
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed.spec;
}
const web = (keys: Record<string, unknown>) => read(withWeb(keys)).services['shop_web'];
const leftOut = (parsed: ReturnType<typeof parseSpec>) => read(parsed).left_out?.['shop'];
const wrong = (parsed: ReturnType<typeof parseSpec>): string[] =>
  parsed.ok
    ? []
    : parsed.issues.map(({ pointer, message }) => `${pointer.replace('/stacks/shop/compose/', '')} ${message}`);

describe('what a swarm says by another key', () => {
  test.each([
    ['always', { condition: 'any' }],
    ['unless-stopped', { condition: 'any' }],
    ['on-failure', { condition: 'on-failure' }],
    ['on-failure:3', { condition: 'on-failure', max_attempts: 3 }],
    ['no', { condition: 'none' }],
    [false, { condition: 'none' }],
  ])('`restart: %s` is a restart policy', (restart, policy) => {
    expect(web({ restart })?.deploy.restart_policy).toEqual(policy);
    expect(leftOut(withWeb({ restart }))).toBeUndefined();
  });

  test('`scale` is the number of replicas, also as the text of a variable', () => {
    expect([web({ scale: 3 })?.deploy.replicas, web({ scale: '2' })?.deploy.replicas]).toEqual([3, 2]);
  });

  test('limits and reservations are resources', () => {
    const limits = { cpus: 0.5, mem_limit: '512M', pids_limit: 100, mem_reservation: '64m' };
    expect(web(limits)?.deploy.resources).toEqual({
      limits: { cpus: '0.5', memory: '512m', pids: 100 },
      reservations: { memory: '64m' },
    });
  });

  test('and where they say that there is none, nothing is said', () => {
    expect(web({ cpus: 0, mem_limit: '0', pids_limit: -1 })).toEqual(web({}));
  });

  test('`platform` is the architecture of the nodes, beside other constraints', () => {
    const deploy = { placement: { constraints: ['node.role == worker'] } };
    expect(web({ platform: 'linux/amd64', deploy })?.deploy.placement.constraints).toEqual([
      'node.role == worker',
      'node.platform.arch == x86_64',
    ]);
    expect(web({ platform: 'linux/arm64/v8' })?.deploy.placement.constraints).toEqual([
      'node.platform.arch == aarch64',
    ]);
    expect(web({ platform: 'linux' })).toEqual(web({}));
    expect(wrong(withWeb({ platform: 'windows/amd64' }))).toEqual([
      expect.stringMatching(/^services\/web\/platform `linux\/amd64` and `linux\/arm64` are understood/),
    ]);
  });

  test('`shm_size` is a mount in memory, beside others', () => {
    expect(web({ shm_size: '1gb', tmpfs: '/run' })?.tmpfs).toEqual(['/run', '/dev/shm:size=1g']);
    expect(wrong(withWeb({ shm_size: '1g', tmpfs: ['/dev/shm'] }))).toEqual([
      'services/web/shm_size `/dev/shm` has a mount already',
    ]);
  });

  test('a range of ports is so many ports, and a number as `user` a text', () => {
    const ports = (one: unknown) =>
      web({ ports: [one] })?.ports.map(({ published, target }) => `${published}:${target}`);
    expect(ports('7000-7002:8000-8002/udp')).toEqual(['7000:8000', '7001:8001', '7002:8002']);
    expect(wrong(withWeb({ ports: ['7000-7002:80'] }))).toHaveLength(1);
    expect(web({ user: 1000 })?.user).toBe('1000');
  });

  test.each([
    [{ restart: 'always', deploy: { restart_policy: { condition: 'any', delay: '3s' } } }],
    [{ scale: 2, deploy: { replicas: 2 } }],
    [{ mem_limit: '1g', deploy: { resources: { limits: { memory: '1024m' } } } }],
    [{ cpus: '0.50', deploy: { resources: { limits: { cpus: 0.5 } } } }],
  ])('is fine where both say the same: %j', (both) => {
    expect(web(both)).toEqual(web({ deploy: both.deploy }));
  });

  test.each([
    [
      { restart: 'always', deploy: { restart_policy: { condition: 'on-failure' } } },
      'restart is not what `deploy.restart_policy` says ({"condition":"on-failure"}), and a swarm knows that one only; leave one of them out',
    ],
    [
      { scale: 3, deploy: { replicas: 2 } },
      'scale is not what `deploy.replicas` says (2), and a swarm knows that one only; leave one of them out',
    ],
    [
      { mem_limit: '1g', deploy: { resources: { limits: { memory: '2g' } } } },
      'mem_limit is not what `deploy.resources.limits.memory` says (2g), and a swarm knows that one only; leave one of them out',
    ],
  ])('is refused where they differ: %j', (both, message) => {
    expect(wrong(withWeb(both))).toEqual([`services/web/${message}`]);
  });

  test.each([
    [{ restart: 'sometimes' }, 'restart must be `no`, `always`, `unless-stopped`, `on-failure` or `on-failure:3`'],
    [{ scale: 'many' }, 'scale must be a whole number'],
    [{ mem_limit: 'much' }, 'mem_limit must be a size such as `512m`, or a number'],
    [{ mem_limit: '1m' }, 'mem_limit must be at least 6m'],
    [
      { scale: 2, deploy: { mode: 'global' } },
      'scale does not go with `mode: global`, which runs one task on each node',
    ],
  ])('is told at the key that the file has: %j', (keys, message) => {
    expect(wrong(withWeb(keys))).toEqual([`services/web/${message}`]);
  });
});

describe('what means nothing in a swarm is left out with a word', () => {
  test.each([
    ['attach', { attach: false }],
    ['build', { build: { context: '.' } }],
    ['depends_on', { depends_on: { db: { condition: 'service_healthy' } } }],
    ['develop', { develop: { watch: [] } }],
    ['expose', { expose: [80] }],
    ['links', { links: ['db'] }],
    ['pull_policy', { pull_policy: 'always' }],
  ])('%s', (key, keys) => {
    expect(web(keys)).toEqual(web({}));
    expect(leftOut(withWeb(keys))).toEqual({ [key]: ['web'] });
  });

  test.each([
    ['healthcheck.start_interval', { healthcheck: { test: 'true', start_interval: '1s' } }],
    ['ports.name', { ports: [{ target: 80, published: 8080, name: 'page' }] }],
    ['ports.app_protocol', { ports: [{ target: 80, published: 8080, app_protocol: 'http' }] }],
    ['volumes.consistency', { volumes: [{ type: 'bind', source: '/a', target: '/a', consistency: 'cached' }] }],
    ['volumes.consistency', { volumes: ['/a:/a:cached'] }],
    [
      'volumes.bind.create_host_path',
      { volumes: [{ type: 'bind', source: '/a', target: '/a', bind: { create_host_path: true } }] },
    ],
  ])('%s, further inside', (key, keys) => {
    expect(leftOut(withWeb(keys))).toEqual({ [key]: ['web'] });
  });

  test('`container_name`, by which others still find the service', () => {
    const parsed = withWeb(
      { container_name: 'page', networks: ['front', 'back'] },
      { networks: { front: {}, back: {} } },
    );
    expect(read(parsed).services['shop_web']?.networks).toEqual({
      shop_front: { aliases: ['web', 'page'] },
      shop_back: { aliases: ['web', 'page'] },
    });
    expect(leftOut(parsed)).toEqual({ container_name: ['web'] });
    expect(web({ container_name: 'page' })?.networks).toEqual({ shop_default: { aliases: ['web', 'page'] } });
    expect(web({ container_name: 'web' })).toEqual(web({}));
  });

  test('a service with a profile, as no profile is asked for', () => {
    const parsed = withWeb({}, { services: { web: { image: 'nginx' }, tool: { build: '.', profiles: ['debug'] } } });
    expect(Object.keys(read(parsed).services)).toEqual(['shop_web']);
    expect(leftOut(parsed)).toEqual({ profiles: ['tool'] });
    expect(wrong(withFile({ services: { tool: { image: 'x', profiles: ['debug'] } } }))).toEqual([
      'services are not deployed, as each has `profiles`; take them out of those that are wanted',
    ]);
  });

  test('the name of the project, unless the stack is called so', () => {
    expect(leftOut(withWeb({}, { name: 'project' }))).toEqual({ name: [] });
    expect(leftOut(withWeb({}, { name: 'shop' }))).toBeUndefined();
  });

  test('`driver: bridge` of a network, which is an overlay network then', () => {
    const parsed = withWeb({ networks: ['back'] }, { networks: { back: { driver: 'bridge' } } });
    expect(read(parsed).networks['shop_back']).toMatchObject({ driver: 'overlay' });
    expect(leftOut(parsed)).toEqual({ 'networks.driver': ['back'] });
  });

  test('`depends_on` with another word where the service runs once', () => {
    const once = { depends_on: ['db'], restart: 'no' };
    expect(leftOut(withWeb(once))).toEqual({ 'depends_on beside restart: no': ['web'] });
    expect(leftOut(withWeb({ ...once, restart: 'on-failure' }))).toEqual({ depends_on: ['web'] });
  });

  test('each key once, with all services that have it', () => {
    const one = { image: 'nginx', expose: [80], depends_on: ['c'] };
    expect(leftOut(withFile({ services: { a: one, b: one, c: { image: 'redis', expose: ['1'] } } }))).toEqual({
      expose: ['a', 'b', 'c'],
      depends_on: ['a', 'b'],
    });
  });
});

describe('what says only what is so anyway is taken without a word', () => {
  test.each([
    [{ privileged: false }],
    [{ oom_kill_disable: false }],
    [{ use_api_socket: false }],
    [{ profiles: [] }],
    [{ depends_on: [] }],
    [{ expose: [] }],
    [{ links: [] }],
    [{ 'x-own': { a: 1 } }],
  ])('%j', (keys) => {
    const parsed = withWeb(keys);
    expect([read(parsed).services['shop_web'], leftOut(parsed)]).toEqual([web({}), undefined]);
  });

  test('a port on all addresses, in both forms', () => {
    const ports = [{ target: 80, published: 8080, protocol: 'tcp' }];
    expect(web({ ports: ['0.0.0.0:8080:80'] })?.ports).toEqual(ports);
    expect(web({ ports: [{ target: 80, published: '8080', host_ip: '0.0.0.0' }] })?.ports).toEqual(ports);
  });

  test('`external` with a name, as Compose files of old write it', () => {
    const file = {
      services: { web: { image: 'nginx', configs: ['site'] } },
      configs: { site: { external: { name: 'x' } } },
    };
    expect(read(withFile(file)).configs).toEqual({ x: { external: true } });
  });
});

describe('what would be another thing without it stays refused', () => {
  test.each([
    [{ privileged: true }, 'privileged `privileged` is not accepted: Write the capabilities'],
    [{ pull_policy: 'never' }, 'pull_policy `never` is for an image that lies on one host'],
    [
      { network_mode: 'host' },
      'network_mode `network_mode` is not accepted: Leave it out: services of a stack are on its networks.',
    ],
    [{ devices: ['/dev/kvm'] }, 'devices `devices` is not accepted: Swarm gives no device'],
    [{ ipc: 'host' }, 'ipc `ipc` is not accepted'],
    [{ security_opt: ['no-new-privileges'] }, 'security_opt `security_opt` is not accepted: Swarm takes none'],
    [{ ports: ['127.0.0.1:8080:80'] }, 'ports/0 would not be on 127.0.0.1 alone: ports are published on all addresses'],
    [{ ports: [3000] }, 'ports/0 says no port of the hosts; write `3000:3000`'],
    [{ volumes: ['./a:/a:ro,z'] }, 'volumes/0 must be an absolute path: `./a` is on your machine'],
    [{ volumes: ['/a:/a:ro,Z'] }, 'volumes/0 `z` gives files another SELinux label'],
    [
      { links: ['db:database'] },
      'links a swarm has no names for one service alone; in `db` write `networks: { default:',
    ],
    [{ links: ['cache'] }, 'links `cache` is not a service of the file that is deployed'],
    [{ container_name: 'db' }, 'container_name `db` is what the service db is found by'],
    [{ container_name: 'a b' }, 'container_name `a b` is no name that others can look up'],
  ])('%j', (keys, message) => {
    expect(wrong(withWeb(keys))).toEqual([expect.stringContaining(`services/web/${message}`)]);
  });

  test('a link to a service on no common network, and none to one with that alias', () => {
    const file = (aliases: string[]) => ({
      services: {
        web: { image: 'nginx', links: ['db:database'], networks: ['front'] },
        db: { image: 'redis', networks: { back: { aliases } } },
      },
      networks: { front: {}, back: {} },
    });
    expect(wrong(withFile(file([])))).toEqual([expect.stringContaining('`db` is on no network of this service')]);
    const { services, networks } = file(['database']);
    const both = { ...services, web: { ...services.web, networks: ['front', 'back'] } };
    expect(leftOut(withFile({ services: both, networks }))).toEqual({ links: ['web'] });
  });

  test('a service that is built here, whose image is not asked for as well', () => {
    expect(wrong(withFile({ services: { web: { build: '.' } } }))).toEqual([
      'services/web/build `build` is not accepted: No host has its sources. Build it, push it to a registry, and write `image` beside it; then `build` may stay.',
    ]);
  });

  test('whatever form a value has, and no file makes a reader fail', () => {
    const odd = [
      null,
      true,
      0,
      -1,
      1.5,
      '',
      'constructor',
      '__proto__',
      [],
      [null],
      [[]],
      {},
      { a: null },
      { external: {} },
    ];
    for (const value of odd) {
      for (const key of [...Object.keys(serviceKeys), 'healthcheck', 'ports', 'volumes', 'networks', 'deploy', 'tmpfs'])
        expect(() => withWeb({ [key]: value })).not.toThrow();
      for (const key of ['name', 'services', 'networks', 'volumes', 'secrets', 'configs'])
        expect([withFile({ [key]: value }), withFile({ services: { web: value }, [key]: { x: value } })]).toHaveLength(
          2,
        );
    }
    expect(wrong(withWeb({ platform: 'linux/constructor' }))).toHaveLength(1);
    expect(wrong(withWeb({ links: ['constructor'] }))).toHaveLength(1);
  });

  test('and a spec itself has none of these keys', () => {
    const services = { web: { image: 'nginx', restart: 'always', depends_on: ['db'] } };
    expect(parseSpec({ cluster: 'demo', nodes: { h1: { role: 'manager' } }, services })).toMatchObject({ ok: false });
  });
});

describe('all that is wrong with a file is told at once', () => {
  test('forms, keys, and what does not go together', () => {
    const parsed = withFile({
      services: {
        web: { build: '.', restart: 'sometimes', volumes: ['./a:/a'], networks: ['frnot'], ports: ['80:80'] },
        db: { image: 'redis', privileged: true, volumes: ['data:/data'], networks: ['proxy'], ports: ['80:80'] },
      },
      networks: { front: {}, proxy: { external: true } },
      secrets: { key: { file: './key' } },
    });
    expect(wrong(parsed).map((line) => line.split(' ')[0])).toEqual([
      'services/web/restart',
      'services/web/volumes/0/source',
      'services/web/build',
      'services/db/privileged',
      'secrets/key/file',
      'services/web/networks',
    ]);
  });

  test('also what the spec lacks for it', () => {
    const parsed = withFile({
      services: { web: { build: '.', networks: ['proxy'] } },
      networks: { proxy: { external: true } },
    });
    expect(wrong(parsed).map((line) => line.split(' ')[0])).toEqual(['services/web/build', 'services/web/networks']);
  });
});

describe('what was left out of a stack', () => {
  const told = read(withWeb({ expose: [80] }));

  test('is in the spec, which reads the same again', () => {
    expect(parseSpec(told)).toEqual({ ok: true, spec: told });
  });

  test('is what its file says now', () => {
    const again = parseSpec({
      ...told,
      stacks: { other: { compose: { services: { web: { image: 'nginx', attach: true } } } } },
    });
    expect(read(again).left_out).toEqual({ shop: { expose: ['web'] }, other: { attach: ['web'] } });
    const { services: _services, networks: _networks, ...rest } = told;
    const plain = parseSpec({ ...rest, stacks: { shop: { compose: { services: { web: { image: 'nginx' } } } } } });
    expect(read(plain)).not.toHaveProperty('left_out');
  });

  test('goes with the stack', () => {
    const { services: _services, networks: _networks, ...rest } = told;
    expect(read(parseSpec(rest))).not.toHaveProperty('left_out');
  });
});
