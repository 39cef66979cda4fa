import { describe, expect, test } from 'vitest';
import { parseSpec } from './parse.ts';

const specWith = (keys: Record<string, unknown>) => ({
  cluster: 'demo',
  nodes: { h1: { role: 'manager' } },
  services: { web: { image: 'nginx', ...keys } },
});

/** What a service says, without what every service has. */
function read(keys: Record<string, unknown>): Record<string, unknown> {
  const parsed = parseSpec(specWith(keys));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  expect(parseSpec(parsed.spec)).toEqual(parsed);
  const { web } = parsed.spec.services;
  return Object.fromEntries(Object.entries(web ?? {}).filter(([key]) => Object.hasOwn(keys, key)));
}

function wrong(keys: Record<string, unknown>): string[] {
  const parsed = parseSpec(specWith(keys));
  return parsed.ok ? [] : parsed.issues.map(({ pointer, message }) => `${pointer} ${message}`);
}

test('short and long forms are the same, and a parsed spec parses to itself', () => {
  const long = {
    healthcheck: { test: ['CMD-SHELL', 'curl -f localhost'], interval: '1m30s' },
    ulimits: { nofile: { soft: 1024, hard: 1024 } },
    sysctls: { 'net.core.somaxconn': '1024' },
    extra_hosts: { db: ['10.0.0.1', '::1'], gw: ['host-gateway'] },
    dns: ['10.0.0.2'],
    dns_search: ['example.org'],
    cap_add: ['NET_ADMIN', 'ALL'],
    group_add: ['1001', 'audio'],
    logging: { driver: 'json-file', options: { 'max-file': '3' } },
  };
  const short = {
    healthcheck: { test: 'curl -f localhost', interval: '90s' },
    ulimits: { nofile: 1024 },
    sysctls: ['net.core.somaxconn=1024'],
    extra_hosts: ['db:10.0.0.1', 'db=[::1]', 'gw:host-gateway'],
    dns: '10.0.0.2',
    dns_search: 'example.org',
    cap_add: ['cap_net_admin', 'all'],
    group_add: [1001, 'audio'],
    logging: { driver: 'json-file', options: { 'max-file': 3 } },
  };
  expect(read(short)).toEqual(long);
  expect(read(long)).toEqual(long);
});

test.each([
  ['90s', '1m30s'],
  ['0.5s', '500ms'],
  ['1h5m30s20ms', '1h5m30s20ms'],
  ['2500us', '2ms500us'],
  ['24h', '24h'],
])('the duration %s is written %s', (written, kept) => {
  expect(read({ healthcheck: { interval: written } })).toEqual({ healthcheck: { interval: kept } });
});

test('what is not said is not there, so that specs from before these keys stay as they are', () => {
  expect(parseSpec(specWith({}))).toEqual({
    ok: true,
    spec: expect.objectContaining({
      services: {
        web: {
          image: 'nginx',
          environment: {},
          labels: {},
          networks: {},
          ports: [],
          deploy: { mode: 'replicated', endpoint_mode: 'auto', labels: {}, placement: { constraints: [] } },
        },
      },
    }),
  });
});

describe('wrong values are told with their place', () => {
  test.each([
    [{ healthcheck: { interval: '5' } }, '/healthcheck/interval write a duration such as `30s` or `1m30s`'],
    [{ healthcheck: { interval: 5 } }, '/healthcheck/interval must be text, not a number'],
    [{ healthcheck: { timeout: '0s' } }, '/healthcheck/timeout must be at least 1ms'],
    [{ healthcheck: { test: ['curl', 'x'] } }, '/healthcheck/test must begin with NONE, CMD or CMD-SHELL'],
    [{ healthcheck: { test: ['CMD'] } }, '/healthcheck/test must say what is run, or NONE alone'],
    [{ healthcheck: { test: 'x', disable: true } }, '/healthcheck/disable does not go with a `test`'],
    [
      { healthcheck: { start_interval: '1s' } },
      '/healthcheck/start_interval `healthcheck.start_interval` is not accepted: Engines before 25 do not know it.',
    ],
    [{ stop_grace_period: '10m' }, '/stop_grace_period must be at most 5m: the step that stops it waits so long'],
    [{ stop_signal: 'sig int' }, '/stop_signal is not a signal such as `SIGINT`'],
    [{ cap_add: ['net-admin'] }, '/cap_add/0 is not a capability such as `NET_ADMIN`'],
    [{ ulimits: { nofile: { soft: 1 } } }, '/ulimits/nofile/hard is missing'],
    [{ ulimits: { nofile: '1' } }, '/ulimits/nofile must be a number or a map, not text'],
    [{ extra_hosts: ['db'] }, '/extra_hosts/0 write `name=address`'],
    [{ extra_hosts: ['db:x'] }, '/extra_hosts/db/0 is not an IP address'],
    [{ dns: 'one' }, '/dns is not an IP address'],
    [{ init: 'yes' }, '/init must be true or false, not text'],
    [{ sysctls: ['a'] }, '/sysctls/0 write `name=value`'],
    [{ logging: { drivr: 'x' } }, '/logging/drivr is not a known key; did you mean `driver`?'],
  ])('%j', (keys, message) => {
    expect(wrong(keys)).toEqual([`/services/web${message}`]);
  });
});
