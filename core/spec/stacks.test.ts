import { describe, expect, test } from 'vitest';
import { parseSpec } from './parse.ts';
import type { Spec } from './spec.ts';
import { stackLabel, stacksOf, withoutStack } from './stack.ts';

const base = {
  cluster: 'demo',
  nodes: { h1: { role: 'manager' }, h2: {} },
  networks: { front: { attachable: true } },
  services: { lonely: { image: 'redis', networks: ['front'] } },
};

const withStack = (compose: unknown, more: object = {}) =>
  parseSpec({ ...base, ...more, stacks: { shop: { compose } } });

function read(compose: unknown): Spec {
  const parsed = withStack(compose);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed.spec;
}

function wrong(compose: unknown, more: object = {}): string[] {
  const parsed = withStack(compose, more);
  return parsed.ok ? [] : parsed.issues.map(({ pointer, message }) => `${pointer} ${message}`);
}

describe('a stack', () => {
  const spec = read({
    version: '3.8',
    'x-common': { a: 1 },
    services: {
      web: {
        image: 'nginx',
        ports: ['8080:80'],
        networks: { back: { aliases: ['www'] }, front: null },
        labels: { a: 'b' },
      },
      db: { image: 'redis', networks: ['back'], deploy: { replicas: 2, labels: { tier: 'data' } } },
      tool: { image: 'busybox' },
    },
    networks: {
      back: { driver: 'overlay', driver_opts: { encrypted: '' }, ipam: { config: [{ subnet: '10.9.0.0/24' }] } },
      front: { external: true },
    },
  });

  test('becomes networks and services with its name before theirs', () => {
    expect(Object.keys(spec.services)).toEqual(['lonely', 'shop_web', 'shop_db', 'shop_tool']);
    expect(Object.keys(spec.networks).toSorted()).toEqual(['front', 'shop_back', 'shop_default']);
    expect(spec.stacks).toEqual({});
    expect(parseSpec(spec)).toEqual({ ok: true, spec });
  });

  test('has its services found by their own names, on its networks and on those from outside', () => {
    expect(spec.services['shop_web']?.networks).toEqual({
      shop_back: { aliases: ['web', 'www'] },
      front: { aliases: ['web'] },
    });
    expect(spec.services['shop_tool']?.networks).toEqual({ shop_default: { aliases: ['tool'] } });
  });

  test('carries the label by which Docker knows stacks', () => {
    expect(spec.services['shop_db']?.deploy.labels).toEqual({ tier: 'data', [stackLabel]: 'shop' });
    expect(spec.services['shop_web']?.labels).toEqual({ a: 'b', [stackLabel]: 'shop' });
    expect(spec.networks['shop_default']?.labels).toEqual({ [stackLabel]: 'shop' });
    expect(spec.networks['front']?.labels).toEqual({});
    expect(stacksOf(spec)).toEqual({
      shop: { services: ['shop_web', 'shop_db', 'shop_tool'], networks: ['shop_default', 'shop_back'] },
    });
  });

  test('takes networks as Compose writes them', () => {
    expect(spec.networks['shop_back']).toMatchObject({ encrypted: true, subnet: '10.9.0.0/24', attachable: false });
    const named = read({
      services: { web: { image: 'nginx', networks: ['back'] } },
      networks: { back: { name: 'wide', driver_opts: { 'com.docker.network.driver.mtu': '1400' } } },
    });
    expect(named.networks['wide']).toMatchObject({ mtu: 1400, encrypted: false });
    expect(named.services['shop_web']?.networks).toEqual({ wide: { aliases: ['web'] } });
  });
});

describe('what is wrong with a stack is told where the Compose file says it', () => {
  const web = { image: 'nginx' };

  test('keys that are not accepted', () => {
    expect(wrong({ services: { web: { build: '.' } }, models: {} })).toEqual([
      '/stacks/shop/compose/services/web/build `build` is not accepted: No host has its sources. Build it, push it to a registry, and write `image` beside it; then `build` may stay.',
      '/stacks/shop/compose/models `models` is not supported yet',
    ]);
    expect(wrong('shop.yaml')).toEqual(['/stacks/shop/compose must be a map, not text']);
  });

  test('a network that is not there, or not in the spec', () => {
    expect(wrong({ services: { web: { ...web, networks: ['front'] } } })).toEqual([
      '/stacks/shop/compose/services/web/networks `front` is not among the networks of the Compose file',
    ]);
    expect(wrong({ services: { web: { ...web, networks: ['out'] } }, networks: { out: { external: true } } })).toEqual([
      '/stacks/shop/compose/services/web/networks `out` is not a network of the spec (`flotilla network create out` makes it)',
    ]);
  });

  test('more than a name beside `external`', () => {
    expect(wrong({ services: {}, networks: { front: { external: true, attachable: true } } })).toEqual([
      '/stacks/shop/compose/networks/front/external takes the network as it is in the spec; beside it only `name` may be said',
    ]);
  });

  test('names that the spec has, and names that are too long', () => {
    expect(wrong({ services: { web } }, { services: { shop_web: web } })).toEqual([
      '/stacks/shop/compose/services/web would be called `shop_web`, which the spec has under `services` already',
    ]);
    const long = 'a'.repeat(60);
    expect(wrong({ services: { [long]: web } })).toEqual([
      `/stacks/shop/compose/services/${long} would be called \`shop_${long}\`, which is longer than 63 characters`,
    ]);
  });

  test('what does not go together', () => {
    expect(wrong({ services: { web: { ...web, deploy: { mode: 'global', replicas: 2 } } } })).toEqual([
      '/stacks/shop/compose/services/web/deploy/replicas does not go with `mode: global`, which runs one task on each node',
    ]);
  });
});

describe('what the swarm holds', () => {
  const compose = {
    services: { web: { image: 'nginx', secrets: ['key'], configs: [{ source: 'site', target: '/etc/site.conf' }] } },
    secrets: { key: { external: true, name: 'shop_key_2' } },
    configs: { site: { external: true } },
  };

  test('is given to services of a stack by its own name, and put where the Compose file says', () => {
    const spec = read(compose);
    expect([spec.secrets, spec.configs]).toEqual([{ shop_key_2: { external: true } }, { site: { external: true } }]);
    expect(spec.services['shop_web']).toMatchObject({
      secrets: [{ source: 'shop_key_2', target: 'key' }],
      configs: [{ source: 'site', target: '/etc/site.conf' }],
    });
    expect(parseSpec(spec)).toEqual({ ok: true, spec });
  });

  test('goes with the stack, but not what others are given', () => {
    const { secrets, configs, services } = withoutStack(read(compose), 'shop');
    expect([secrets, configs, Object.keys(services)]).toEqual([undefined, undefined, ['lonely']]);
    const shared = withStack(compose, { services: { lonely: { image: 'redis', configs: ['site'] } } });
    expect(shared.ok ? withoutStack(shared.spec, 'shop').configs : null).toEqual({ site: { external: true } });
  });

  test('may be a secret that the worker makes: it has the name of the stack before its own, and goes with it', () => {
    const made = { ...compose, secrets: { key: { from: 'worker' }, other: { from: 'worker', name: 'wide' } } };
    const spec = read(made);
    const labels = { [stackLabel]: 'shop' };
    expect(spec.secrets).toEqual({ shop_key: { from: 'worker', labels }, wide: { from: 'worker', labels } });
    expect(spec.services['shop_web']?.secrets).toEqual([{ source: 'shop_key', target: 'key' }]);
    expect(parseSpec(spec)).toEqual({ ok: true, spec });
    expect(withoutStack(spec, 'shop').secrets).toBeUndefined();
  });

  test.each([
    ['neither', {}, ' is either made `from: worker`, which has its value, or there already: `external: true`'],
    [
      'both',
      { external: true, from: 'worker' },
      ' is either made `from: worker`, which has its value, or there already: `external: true`',
    ],
    ['a path', { from: './key.pem' }, '/from must be `worker`'],
    ['labels of one that is there', { external: true, labels: {} }, '/labels does not go with `external: true`'],
    [
      'a label of ours',
      { from: 'worker', labels: { 'io.flotilla.secret': 'x' } },
      '/labels/io.flotilla.secret starts with `io.flotilla.`, which Flotilla writes itself',
    ],
  ])('is made by somebody, and that is said: %s', (_, key, message) => {
    const parsed = parseSpec({ ...base, secrets: { key } });
    const issues = parsed.ok ? [] : parsed.issues.map((one) => `${one.pointer} ${one.message}`);
    expect(issues).toEqual([`/secrets/key${message}`]);
    expect(wrong({ services: {}, secrets: { key } })).toEqual([`/stacks/shop/compose/secrets/key${message}`]);
  });

  test('is declared, and has a mode that YAML cannot misread', () => {
    expect(wrong({ services: { web: { image: 'nginx', secrets: ['kye'] } }, secrets: compose.secrets })).toEqual([
      '/stacks/shop/compose/services/web/secrets/0 `kye` is not among the `secrets` at the top; did you mean `key`?',
    ]);
    expect(wrong({ services: {}, secrets: { key: { file: './key.pem' } } })).toEqual([
      '/stacks/shop/compose/secrets/key/file `file` is not accepted: No value of a secret comes into a spec. Give it to the worker and write `from: worker`, or make it with `docker secret create` and write `external: true`.',
    ]);
    const mode = { source: 'key', mode: 440 };
    expect(wrong({ services: { web: { image: 'nginx', secrets: [mode] } }, secrets: compose.secrets })).toEqual([
      '/stacks/shop/compose/services/web/secrets/0/mode must be text, not a number',
    ]);
  });
});

describe('volumes of a stack', () => {
  const compose = {
    services: { db: { image: 'redis', volumes: ['data:/data', 'shared:/shared:ro', '/etc/ssl:/ssl:ro'] } },
    volumes: { data: null, shared: { external: true }, named: { name: 'wide', driver: 'local' } },
  };
  const spec = read(compose);

  test('have the name of the stack before theirs, but those from outside', () => {
    expect(spec.services['shop_db']?.volumes?.map((mount) => ('source' in mount ? mount.source : ''))).toEqual([
      'shop_data',
      'shared',
      '/etc/ssl',
    ]);
    expect(spec.volumes).toEqual({
      shop_data: { labels: { [stackLabel]: 'shop' } },
      shared: {},
      wide: { driver: 'local', labels: { [stackLabel]: 'shop' } },
    });
    expect(parseSpec(spec)).toEqual({ ok: true, spec });
  });

  test('are declared no more when the stack goes, and those from outside stay', () => {
    expect(withoutStack(spec, 'shop').volumes).toEqual({ shared: {} });
  });

  test('that nobody declares are told with their place', () => {
    expect(wrong({ services: { db: { image: 'redis', volumes: ['dat:/data'] } }, volumes: { data: {} } })).toEqual([
      expect.stringMatching(/^\/stacks\/shop\/compose\/services\/db\/volumes\/0 `dat` is not declared/),
    ]);
  });
});
