import { describe, expect, test } from 'vitest';
import { parseSpec } from './parse.ts';
import { withoutStack, stackLabel } from './stack.ts';

const base = { cluster: 'demo', nodes: { h1: { role: 'manager' } } };
const compose = {
  services: { web: { image: 'nginx', configs: ['site', { source: 'motd', target: '/etc/motd' }] } },
  configs: { site: { content: 'a site' }, motd: { external: true } },
};

function read(spec: object) {
  const parsed = parseSpec({ ...base, ...spec });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed.spec;
}
function wrong(spec: object): string[] {
  const parsed = parseSpec({ ...base, ...spec });
  return parsed.ok ? [] : parsed.issues.map(({ pointer, message }) => `${pointer} ${message}`);
}

test('a config has content, or is there already, and a parsed spec parses to itself', () => {
  const configs = { site: { content: 'a site', labels: { team: 'web' } }, motd: { external: true } };
  const spec = read({ configs });
  expect(spec.configs).toEqual(configs);
  expect(parseSpec(spec)).toEqual({ ok: true, spec });
});

describe('wrong ones are told with their place:', () => {
  const eitherOr = '/configs/site is either made of `content`, or there already: `external: true`';
  test.each([
    ['neither', {}, eitherOr],
    ['both', { content: 'a', external: true }, eitherOr],
    ['nothing in it', { content: '' }, '/configs/site/content is empty, and Swarm takes no empty config'],
    [
      'too much in it, counted as it is sent',
      { content: 'ü'.repeat(256_000) },
      '/configs/site/content has 512000 bytes; Swarm takes less than 500 KB, which is 512000',
    ],
    [
      'a path, which is for the command line alone',
      { file: './site.conf' },
      '/configs/site/file `file` is not accepted: Write into `content` what the file says. The command line does so, with a path and no `content` beside it.',
    ],
    [
      'labels of one that is there',
      { external: true, labels: { a: 'b' } },
      '/configs/site/labels does not go with `external: true`',
    ],
    [
      'a label of ours',
      { content: 'a', labels: { 'io.flotilla.config': 'b' } },
      '/configs/site/labels/io.flotilla.config starts with `io.flotilla.`, which Flotilla writes itself',
    ],
  ])('%s', (_, site, message) => {
    expect(wrong({ configs: { site } })).toEqual([message]);
  });

  test('a name that leaves no room for the digest', () => {
    const name = 'a'.repeat(52);
    expect(wrong({ configs: { [name]: { content: 'a' } } })).toEqual([
      `/configs/${name} has a name of 52 characters; with \`content\` there is room for 51`,
    ]);
    expect(wrong({ configs: { [name]: { external: true } } })).toEqual([]);
  });

  test('as much as Swarm takes is right', () => {
    expect(wrong({ configs: { site: { content: 'a'.repeat(511_999) } } })).toEqual([]);
  });
});

describe('a config of a stack', () => {
  const spec = read({ stacks: { shop: { compose } } });

  test('has the name of the stack before its own, and is put where the Compose file says', () => {
    expect(spec.configs).toEqual({
      shop_site: { content: 'a site', labels: { [stackLabel]: 'shop' } },
      motd: { external: true },
    });
    expect(spec.services['shop_web']?.configs).toEqual([
      { source: 'shop_site', target: 'site' },
      { source: 'motd', target: '/etc/motd' },
    ]);
    expect(parseSpec(spec)).toEqual({ ok: true, spec });
  });

  test('may have a name of its own', () => {
    const named = { ...compose, configs: { ...compose.configs, site: { content: 'a site', name: 'wide' } } };
    expect(Object.keys(read({ stacks: { shop: { compose: named } } }).configs ?? {})).toEqual(['motd', 'wide']);
  });

  test('may be one that the spec says', () => {
    const configs = { motd: { content: 'hello' } };
    const shared = read({ configs, stacks: { shop: { compose } } });
    expect(shared.configs?.['motd']).toEqual({ content: 'hello' });
    expect(withoutStack(shared, 'shop').configs).toEqual(configs);
  });

  test('goes with the stack', () => {
    expect(withoutStack(spec, 'shop').configs).toBeUndefined();
  });

  test('is told wrong with its place in the Compose file', () => {
    const long = 'a'.repeat(50);
    const named = { services: {}, configs: { [long]: { content: 'a' }, empty: { content: '' } } };
    expect(wrong({ stacks: { shop: { compose: named } } })).toEqual([
      '/stacks/shop/compose/configs/empty/content is empty, and Swarm takes no empty config',
      `/stacks/shop/compose/configs/${long} has a name of 55 characters; with \`content\` there is room for 51`,
    ]);
    expect(wrong({ configs: { shop_site: { content: 'b' } }, stacks: { shop: { compose } } })).toEqual([
      '/stacks/shop/compose/configs/site would be called `shop_site`, which the spec has under `configs` already',
    ]);
  });
});
