import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { rootCausesOf } from '#core/causes/finding-of.ts';
import type { SpecInput } from '#core/spec/spec.ts';
import type { Preflight } from '#core/preflight.ts';
import { markEngines } from './support/lab-for-test.ts';
import { applySpec, ended, show, succeeded } from './support/operations.ts';
import { createStage, type Stage } from './support/stage.ts';
import { linesOf, probersLeft } from './support/verifications.ts';

/** Hosts are looked at before they become a swarm, and a fault ends it there. */
let stage: Stage;
beforeAll(async () => {
  stage = await createStage({ id: 'preflight', hosts: 3 });
});
afterAll(async () => {
  await stage?.close();
});
afterEach(async () => {
  await Promise.all(stage.lab.hosts.map((host) => host.heal()));
});

const spec: SpecInput = {
  cluster: 'demo',
  swarm: { address_pools: ['10.200.0.0/16'] },
  nodes: { h1: { role: 'manager' }, h2: {} },
  networks: { net: { attachable: true, subnet: '10.200.1.0/24' } },
  containers: { one: { host: 'h1', image: 'nginx', networks: ['net'] } },
};

async function preflightOf(hosts: string[]): Promise<Preflight> {
  const { api } = stage;
  const asked = await unwrap(api.v1.preflights.$post({ json: { hosts } }));
  const { result } = await ended(api, asked);
  const { preflight: id } = Object(result);
  return (await unwrap(api.v1.preflights[':id'].$get({ param: { id: String(id) } }))).preflight;
}

const causes = ({ findings }: Preflight) => rootCausesOf(findings).map(({ id, hosts }) => `${id} ${hosts.join(',')}`);

describe('a preflight of hosts that are in no cluster', () => {
  test('passes when they are fit, and leaves nothing but the probe image', async () => {
    const marks = await markEngines(stage.lab);
    const seen = await preflightOf(['h1', 'h2', 'h3']);
    expect({ verdict: seen.verdict, causes: causes(seen), sampled: seen.sampled }).toEqual({
      verdict: 'passed',
      causes: [],
      sampled: false,
    });
    expect(seen.pairs.map(({ from, to, result }) => `${from} ${to} ${result}`)).toHaveLength(6);
    expect(seen.pairs.every(({ result }) => result === 'ok')).toBe(true);
    expect(await probersLeft(stage.lab)).toEqual([]);
    const calls = Object.values(await marks.calls()).flat();
    expect(calls.filter((call) => !/containers|images\/load/.test(call))).toEqual([]);
  });

  test('names a port that is closed one way, and an address that nobody reaches', async () => {
    await stage.lab.host('h3').fault('vxlan', { direction: 'in', peer: 'h1' });
    await stage.lab.host('h2').fault('gossip-tcp');
    const seen = await preflightOf(['h1', 'h2', 'h3']);
    expect(seen.verdict).toBe('failed');
    expect(causes(seen).toSorted()).toEqual(['data-port-blocked h3', 'gossip-tcp-blocked h2']);
    expect(seen.findings.find(({ id }) => id === 'data-port-blocked')?.direction).toEqual({ from: 'h1', to: 'h3' });
  });

  test('tells a host that was cut off, and reports the others', async () => {
    await stage.lab.host('h3').fault('link-down');
    const seen = await preflightOf(['h1', 'h2', 'h3']);
    expect(causes(seen)).toEqual(['host-cut-off h3']);
    const results = new Map(seen.pairs.map(({ from, to, result }) => [`${from} ${to}`, result]));
    expect([results.get('h1 h2'), results.get('h1 h3'), results.get('h3 h1')]).toEqual(['ok', 'unknown', 'unknown']);
  });
});

describe('an apply that forms a swarm', () => {
  test('is blocked by what its preflight finds, with nothing changed', async () => {
    await stage.lab.host('h2').fault('vxlan', { direction: 'in' });
    const { state, error, plan } = await applySpec(stage.api, spec);
    expect({ state, code: error?.code, plan }).toEqual({ state: 'blocked', code: 'preflight_failed', plan: null });
    expect(error?.message).toContain('UDP 4789');
    const states = await Promise.all(
      stage.lab.hosts.map((host) => linesOf(host, ['docker', 'info', '--format', '{{.Swarm.LocalNodeState}}'])),
    );
    expect(states.flat()).toEqual(['inactive', 'inactive', 'inactive']);
    expect(await probersLeft(stage.lab)).toEqual([]);
  });

  test('goes on when they are fit, and one more host is looked at before it joins', async () => {
    succeeded(await applySpec(stage.api, spec));
    const grown = { ...spec, nodes: { ...spec.nodes, h3: {} } };
    await stage.lab.host('h3').fault('gossip');
    const blocked = await applySpec(stage.api, grown);
    expect(blocked.error?.message).toContain('[gossip-blocked]');
    await stage.lab.host('h3').heal();
    succeeded(await applySpec(stage.api, grown));
  });

  test('of a running swarm looks at ports that belong to the engine by connecting to them', async () => {
    const { api } = stage;
    const asked = await unwrap(api.v1.clusters[':cluster'].preflight.$post({ param: { cluster: 'demo' }, json: {} }));
    const { result } = succeeded(await ended(api, asked));
    const { preflight: id } = Object(result);
    const { preflight } = await unwrap(api.v1.preflights[':id'].$get({ param: { id: String(id) } }));
    expect(preflight.members).toEqual(['h1', 'h2', 'h3']);
    expect(causes(preflight)).toEqual([]);
    expect((await show(api, asked.id)).state).toBe('succeeded');
  });
});
