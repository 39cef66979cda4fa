import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { serviceKeys } from './compose/service-keys.ts';
import { leftOutWords } from './compose/words.ts';
import { refusedKeys } from './compose-keys.ts';
import { knownKeys } from './known-keys.ts';
import { parseSpec } from './parse.ts';
import { specSchema } from './spec.ts';

const page = readFileSync(new URL('../../docs/compose.md', import.meta.url), 'utf8');

/** What the page lists as only for containers. */
const ofContainers = new Set(['host', 'restart', 'cpus', 'mem_limit', 'mem_reservation', 'pids_limit']);

/** The first column of the tables below a heading, up to the next heading. */
function documented(heading: string): string[] {
  const section = page.split(`### ${heading}\n`)[1]?.split(/\n#+ /)[0] ?? '';
  return [...section.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, key = '']) => key);
}

describe('docs/compose.md says what is accepted', () => {
  test.each([
    ['Top', []],
    ['`swarm`', ['swarm']],
    ['`nodes.<host>`', ['nodes', 'h1']],
    ['`networks.<name>`', ['networks', 'n']],
    ['`healthcheck`', ['services', 's', 'healthcheck']],
    ['`logging`', ['services', 's', 'logging']],
    ['`volumes.<name>`', ['volumes', 'v']],
    ['`volumes` of a service or container, long form', ['services', 's', 'volumes', 0]],
    ['`volumes`, long form: `bind`', ['services', 's', 'volumes', 0, 'bind']],
    ['`volumes`, long form: `volume`', ['services', 's', 'volumes', 0, 'volume']],
    ['`volumes`, long form: `tmpfs`', ['services', 's', 'volumes', 0, 'tmpfs']],
    ['`ports`, long form', ['services', 's', 'ports', 0]],
    ['`networks` of a service or container, as a map', ['services', 's', 'networks', 'n']],
    ['`deploy`', ['services', 's', 'deploy']],
    ['`deploy.placement`', ['services', 's', 'deploy', 'placement']],
    ['`secrets.<name>`', ['secrets', 's']],
    ['`configs.<name>`', ['configs', 's']],
    ['`secrets` and `configs` of a service, long form', ['services', 's', 'secrets', 0]],
    ['`stacks.<name>`', ['stacks', 's']],
    ['The Compose file of a stack', ['stacks', 's', 'compose']],
    ['`deploy.placement.preferences`', ['services', 's', 'deploy', 'placement', 'preferences', 0]],
    ['`deploy.resources`', ['services', 's', 'deploy', 'resources']],
    ['`deploy.resources.limits`', ['services', 's', 'deploy', 'resources', 'limits']],
    ['`deploy.resources.reservations`', ['services', 's', 'deploy', 'resources', 'reservations']],
    ['`deploy.restart_policy`', ['services', 's', 'deploy', 'restart_policy']],
    ['`deploy.update_config` and `deploy.rollback_config`', ['services', 's', 'deploy', 'update_config']],
    ['`deploy.update_config` and `deploy.rollback_config`', ['services', 's', 'deploy', 'rollback_config']],
    ['`verify`', ['verify']],
    ['`verify.http`', ['verify', 'http', 0]],
  ] as const)('%s', (heading, path) => {
    expect(documented(heading).toSorted()).toEqual(knownKeys(specSchema, path).toSorted());
  });

  test('networks of a stack', () => {
    const all = [...documented('`networks.<name>`'), ...documented('`networks.<name>` of a stack')];
    expect(all.toSorted()).toEqual(knownKeys(specSchema, ['stacks', 's', 'compose', 'networks', 'n']).toSorted());
  });

  test('services and containers', () => {
    const all = documented('`services.<name>` and `containers.<name>`');
    expect(all.filter((key) => !ofContainers.has(key)).toSorted()).toEqual(
      knownKeys(specSchema, ['services', 's']).toSorted(),
    );
    const ofServices = ['deploy', 'secrets', 'configs'];
    expect(all.filter((key) => !ofServices.includes(key)).toSorted()).toEqual(
      knownKeys(specSchema, ['containers', 'c']).toSorted(),
    );
  });
});

describe('docs/compose.md says what a stack takes of the files of others', () => {
  const section = page.split('## Compose files of others\n')[1]?.split('\n## ')[0] ?? '';
  const rows = [...section.matchAll(/^\| `([^`]+)` +\| (.+?) *\|$/gm)].map(([, key = '', text = '']) => [key, text]);
  const others = Object.entries(serviceKeys).flatMap(([key, { becomes = '' }]) =>
    becomes === '' ? [] : [[key, becomes]],
  );

  test('what another key says', () => {
    const told = rows.slice(0, others.length).map(([key, text]) => [key, /^`([^`]+)`/.exec(text ?? '')?.[1]]);
    expect(told).toEqual(others);
  });

  test('what is left out, with its word', () => {
    expect(rows.slice(others.length)).toEqual(Object.entries(leftOutWords));
  });

  test('and each of these keys is one that a spec refuses', () => {
    const refused = Object.keys(refusedKeys.service);
    expect(Object.keys(serviceKeys).filter((key) => !refused.includes(key))).toEqual([]);
  });
});

describe('docs/compose.md says what is not accepted', () => {
  const list = page.split('## Not accepted\n')[1] ?? '';
  const lines = list.split('\n').filter((line) => line.startsWith('- '));
  const told = lines.map((line) =>
    [...(line.split(/: (?=`)/)[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, key = '']) => key),
  );

  test('every key that is refused by name, and no other', () => {
    expect(told.map((keys) => keys.toSorted())).toEqual(
      Object.values(refusedKeys).map((keys) => Object.keys(keys).toSorted()),
    );
  });

  const bound = { type: 'bind', source: '/a', target: '/b' };
  const named = { type: 'volume', source: 'v', target: '/b' };
  const temporary = { type: 'tmpfs', target: '/b' };
  const runnable = { image: 'x', networks: { n: {} }, ports: [{ target: 1, published: 1 }] };
  const base = { cluster: 'demo', nodes: { h1: { role: 'manager' } }, networks: { n: { attachable: true } } };
  const places: Record<keyof typeof refusedKeys, (key: string) => unknown> = {
    spec: (key) => ({ ...base, [key]: {} }),
    stack: (key) => ({ ...base, stacks: { s: { compose: { services: {}, [key]: {} } } } }),
    secret: (key) => ({ ...base, secrets: { s: { external: true, [key]: 'x' } } }),
    config: (key) => ({ ...base, configs: { s: { content: 'x', [key]: 'x' } } }),
    network: (key) => ({ ...base, networks: { n: { [key]: {} } } }),
    service: (key) => ({ ...base, services: { s: { ...runnable, [key]: {} } } }),
    container: (key) => ({ ...base, containers: { tool: { ...runnable, host: 'h1', [key]: {} } } }),
    volume: (key) => ({ ...base, volumes: { data: { [key]: {} } } }),
    mount: (key) => ({ ...base, services: { s: { ...runnable, volumes: [{ ...bound, [key]: {} }] } } }),
    mountBind: (key) => ({ ...base, services: { s: { ...runnable, volumes: [{ ...bound, bind: { [key]: {} } }] } } }),
    mountVolume: (key) => ({
      ...base,
      services: { s: { ...runnable, volumes: [{ ...named, volume: { [key]: {} } }] } },
    }),
    mountTmpfs: (key) => ({
      ...base,
      services: { s: { ...runnable, volumes: [{ ...temporary, tmpfs: { [key]: {} } }] } },
    }),
    reservations: (key) => ({
      ...base,
      services: { s: { ...runnable, deploy: { resources: { reservations: { [key]: {} } } } } },
    }),
    healthcheck: (key) => ({ ...base, services: { s: { ...runnable, healthcheck: { [key]: {} } } } }),
    port: (key) => ({ ...base, services: { s: { ...runnable, ports: [{ target: 1, published: 1, [key]: 'x' }] } } }),
    attachment: (key) => ({ ...base, services: { s: { ...runnable, networks: { n: { [key]: 'x' } } } } }),
  };

  test('each of them really is, with one message that names it', () => {
    for (const [place, specWith] of Object.entries(places)) {
      for (const key of Object.keys(refusedKeys[asPlace(place)])) {
        const parsed = parseSpec(specWith(key));
        const messages = parsed.ok ? [] : parsed.issues.map(({ message }) => message);
        expect([place, key, messages]).toEqual([place, key, [expect.any(String)]]);
        expect(messages[0]).toMatch(new RegExp(`^\`([a-z]+\\.)?${key}\` is not (supported yet|accepted: .+)$`));
      }
    }
  });
});

const asPlace = (text: string): keyof typeof refusedKeys => {
  const place = Object.keys(refusedKeys).find((key): key is keyof typeof refusedKeys => key === text);
  if (place === undefined) throw new Error(`${text} is no place`);
  return place;
};

test.each(['demo', 'production'])('the example %s is a right spec', (name) => {
  const example: unknown = parse(readFileSync(new URL(`../../examples/${name}.yaml`, import.meta.url), 'utf8'));
  expect(parseSpec(example)).toMatchObject({ ok: true });
});
