import { expect, test } from 'vitest';
import { parseSpec } from '../spec/parse.ts';
import type { Spec } from '../spec/spec.ts';
import { formedSwarm, inputOf } from '../testing/observations.ts';
import { carriedOut, lines, planned, told } from '../testing/told.ts';

/* What the Compose files of stacks say that means nothing in a swarm. */

const formed = formedSwarm(['h1'], []);

function specWith(web: Record<string, unknown>): Spec {
  const parsed = parseSpec({
    cluster: 'demo',
    swarm: { address_pools: ['10.200.0.0/16'] },
    nodes: { h1: { role: 'manager' } },
    stacks: {
      shop: { compose: { services: { web: { image: 'nginx', deploy: { endpoint_mode: 'dnsrr' }, ...web } } } },
    },
    verify: { connectivity: 'none' },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed.spec;
}

const told80 = { expose: [80] };
const both = { ...told80, attach: false };

test('a plan notes it for each stack and key', async () => {
  expect(await told(inputOf(specWith(both), formed))).toBe(
    lines(`
      demo, revision 1: risk low (only adds, or takes away what nothing uses)
      1. create network shop_default (overlay, subnet from the pool, mtu 1500)
      2. create service shop_web (image nginx, 1 replica, on shop_default, dnsrr)
      decided networks.shop_default.mtu: 1500 (the MTU of eth0 on h1, at most 1500, as there is no path to measure)
      note compose-key-left-out: Stack shop: \`attach\` of web is left out: \`flotilla service logs\` shows the output of every service.
      note compose-key-left-out: Stack shop: \`expose\` of web is left out: services on one network reach all ports of each other.
    `),
  );
});

test('it warns where what runs may miss it', async () => {
  const { warnings } = await planned(inputOf(specWith({ restart: 'no', depends_on: ['web'] }), formed));
  expect(warnings).toMatchObject([
    {
      severity: 'warning',
      message:
        'Stack shop: `depends_on` of web is left out: services of a swarm start together, and what runs once is not started again when it ends because another is not there yet.',
      fix: 'Write `restart: on-failure`: then it runs until it has ended well once.',
    },
  ]);
});

test('it changes nothing of what is approved', async () => {
  const { digest, warnings } = await planned(inputOf(specWith(both), formed));
  const plain = await planned(inputOf(specWith({}), formed));
  expect([digest, warnings.length, plain.warnings]).toEqual([plain.digest, 2, []]);
});

test('what was told with the revision before is told no more, and all of it where that one is planned again', async () => {
  const done = await carriedOut(inputOf(specWith(told80), formed));
  const keysOf = async (more: Partial<typeof done>) =>
    (await planned({ ...done, ...more })).warnings.map(({ message }) => /`(\w+)`/.exec(message)?.[1]);
  const next = { base: 1, revision: 2, spec: specWith(both), leftOutBefore: done.spec.left_out };
  expect([await keysOf(next), await keysOf({})]).toEqual([['attach'], ['expose']]);
});

test('what a service is given stands below the step that makes it', async () => {
  const services = {
    web: {
      image: 'nginx',
      deploy: { endpoint_mode: 'dnsrr' as const },
      volumes: ['data:/data', '/etc/ssl:/ssl:ro'],
      tmpfs: ['/dev/shm:size=64m'],
      configs: ['site'],
    },
  };
  const containers = { tool: { host: 'h1', image: 'busybox', volumes: ['data:/data'] } };
  const nodes = { h1: { role: 'manager' as const } };
  const swarm = { address_pools: ['10.200.0.0/16'] };
  const configs = { site: { content: 'x' } };
  const spec = {
    nodes,
    swarm,
    services,
    containers,
    configs,
    volumes: { data: {} },
    verify: { connectivity: 'none' as const },
  };
  expect((await told(inputOf(spec, formed))).split('\n').filter((line) => line.startsWith(' '))).toEqual([
    '   volume data at /data',
    '   bind /etc/ssl at /ssl, read-only',
    '   tmpfs at /dev/shm, 64m',
    expect.stringMatching(/^ {3}config site-[0-9a-f]{12} at \/site$/),
    '   volume data at /data',
  ]);
});
