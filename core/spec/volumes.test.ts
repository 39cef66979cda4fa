import { describe, expect, test } from 'vitest';
import { parseSpec } from './parse.ts';

const specWith = (web: Record<string, unknown>, volumes: unknown = { data: null }) => ({
  cluster: 'demo',
  nodes: { h1: { role: 'manager' } },
  volumes,
  services: { web: { image: 'nginx', ...web } },
});

function wrong(...parts: Parameters<typeof specWith>): string[] {
  const parsed = parseSpec(specWith(...parts));
  return parsed.ok ? [] : parsed.issues.map(({ pointer, message }) => `${pointer} ${message}`);
}

test('short and long forms are the same, and a parsed spec parses to itself', () => {
  const long = [
    { type: 'volume', source: 'data', target: '/data', read_only: false },
    { type: 'volume', source: 'data', target: '/seed', read_only: true, volume: { nocopy: true } },
    { type: 'bind', source: '/srv/web', target: '/web', read_only: true },
  ];
  const short = ['data:/data', 'data:/seed:ro,nocopy', '/srv/web:/web:ro'];
  const [fromShort, fromLong] = [short, long].map((volumes) =>
    parseSpec(specWith({ volumes, tmpfs: ['/run', '/tmp:mode=01777,size=65536k'] })),
  );
  expect(fromShort).toMatchObject({
    ok: true,
    spec: { volumes: { data: {} }, services: { web: { volumes: long, tmpfs: ['/run', '/tmp:size=64m,mode=1777'] } } },
  });
  expect(fromLong).toEqual(fromShort);
  expect(parseSpec(fromShort !== undefined && 'spec' in fromShort ? fromShort.spec : undefined)).toEqual(fromShort);
});

test('a volume may say how it is made', () => {
  const nfs = { driver: 'local', driver_opts: { type: 'nfs', o: 'addr=10.0.0.1,rw' }, labels: { team: 'x' } };
  expect(parseSpec(specWith({}, { data: nfs }))).toMatchObject({ ok: true, spec: { volumes: { data: nfs } } });
});

describe('wrong ones are told with their place', () => {
  const long = (mount: Record<string, unknown>) => ({ volumes: [mount] });
  test.each<[Record<string, unknown>, ...string[]]>([
    [
      { volumes: ['other:/x', 'dato:/y'] },
      '/volumes/0 `other` is not declared; write `other: {}` under `volumes` at the top',
      '/volumes/1 `dato` is not declared; write `dato: {}` under `volumes` at the top; did you mean `data`?',
    ],
    [
      { volumes: ['data'] },
      '/volumes/0 write `name:/path` or `/host/path:/path`, with `:ro` behind it where it is only read',
    ],
    [{ volumes: ['data:x'] }, '/volumes/0/target must be an absolute path'],
    [
      { volumes: ['./x:/y'] },
      '/volumes/0/source must be an absolute path: `./x` is on your machine, and no host has it. Give a file by `configs`, put what changes into a named volume, build the rest into the image',
    ],
    [
      long({ type: 'bind', source: 'x', target: '/y' }),
      '/volumes/0/source must be an absolute path: `x` is on your machine, and no host has it. Give a file by `configs`, put what changes into a named volume, build the rest into the image',
    ],
    [
      { volumes: ['/srv/cache'] },
      '/volumes/0 `/srv/cache` alone is a volume without a name, of which each task would have another; write `name:/srv/cache` and declare `name`',
    ],
    [long({ type: 'bind', target: '/y' }), '/volumes/0/source is missing'],
    [long({ type: 'pipe', target: '/y' }), '/volumes/0/type must be `volume` or `bind` or `tmpfs`'],
    [long({ target: '/y' }), '/volumes/0/type must be `volume` or `bind` or `tmpfs`'],
    [
      long({ type: 'bind', source: '/x', target: '/y', bind: { create_host_path: true } }),
      '/volumes/0/bind/create_host_path `create_host_path` is not accepted: A path that is missing on the host is told, never made.',
    ],
    [long({ type: 'tmpfs', target: '/y', tmpfs: { mode: 1777 } }), '/volumes/0/tmpfs/mode must be text, not a number'],
    [{ tmpfs: '/x:uid=3' }, '/tmpfs write `/path`, or `/path:size=64m,mode=1777`'],
    [{ tmpfs: ['/x:size=many'] }, '/tmpfs/0 write a size such as `512m` or `1g`'],
    [{ volumes: ['data:/x'], tmpfs: '/x' }, '/tmpfs/0 `/x` has a mount already'],
  ])('%j', (web, ...messages) => {
    expect(wrong(web)).toEqual(messages.map((message) => `/services/web${message}`));
  });

  test('of a volume itself', () => {
    expect(wrong({}, { data: { external: true, name: 'x' }, d: {} })).toEqual([
      '/volumes/data/external `external` is not accepted: A volume that is there already is used as it is; leave it out.',
      '/volumes/data/name `name` is not accepted: The key of the volume is its name.',
      '/volumes/d needs a name of two letters or more',
    ]);
  });
});
