import { type Client, unwrap } from '#api/client.ts';
import type { Verification } from '#core/verification.ts';
import type { Operation } from '#core/operation.ts';
import { bareHosts } from '#core/testing/observations.ts';
import type { RevisionView } from '#core/wire.ts';
import type { FakeWorker } from './fake-worker.ts';

/** A spec of three hosts, one network and nothing that needs it. */
export const demoSpec = {
  cluster: 'demo',
  nodes: { h1: { role: 'manager' }, h2: {}, h3: {} },
  networks: { net1: { attachable: true, subnet: '10.200.1.0/24', mtu: 1500 } },
};

export const cluster = 'demo';

export async function addHosts(api: Client, ...names: string[]): Promise<void> {
  for (const name of names) {
    await unwrap(api.v1.hosts.$post({ json: { name, address: `10.79.0.${name.slice(1)}`, acceptNew: true } }));
  }
}

export const propose = (api: Client, spec: unknown = demoSpec): Promise<RevisionView> =>
  unwrap(api.v1.clusters[':cluster'].spec.$put({ param: { cluster }, json: { spec } }));

export const apply = (
  api: Client,
  json: { revision?: number; digest?: string; spec?: unknown } = {},
): Promise<Operation> => unwrap(api.v1.clusters[':cluster'].apply.$post({ param: { cluster }, header: {}, json }));

export const plan = (api: Client, json: { revision?: number } = {}): Promise<Operation> =>
  unwrap(api.v1.clusters[':cluster'].plans.$post({ param: { cluster }, json }));

export const verify = (api: Client): Promise<Operation> =>
  unwrap(api.v1.clusters[':cluster'].verify.$post({ param: { cluster }, json: {} }));

export const show = (api: Client, id: string) => unwrap(api.v1.operations[':id'].$get({ param: { id }, query: {} }));

/** Hosts h1, h2, h3 and a proposed revision of the demo spec. */
export async function demoProposed(api: Client): Promise<RevisionView> {
  await addHosts(api, 'h1', 'h2', 'h3');
  return await propose(api);
}

/** A cluster that is formed: h1 manages, h2 and h3 work. */
export async function demoFormed(api: Client, worker: FakeWorker): Promise<void> {
  await demoProposed(api);
  const { id } = await apply(api);
  await worker.take(id);
  const planned = await worker.observe(bareHosts('h1', 'h2', 'h3'));
  if (planned.kind !== 'planned') throw new Error('the apply was refused');
  await worker.tell({ type: 'swarm', swarmId: 'swarm-1', nodes: { h1: 'n1', h2: 'n2', h3: 'n3' } });
  await worker.runSteps(planned.plan);
  await worker.end();
}

/** What a verification of two hosts found. */
export const verification = (verdict: Verification['verdict']): Verification => ({
  startedAt: '2026-11-24T00:00:00.000Z',
  seconds: 1.5,
  verdict,
  nodes: ['h1', 'h2'],
  sampled: false,
  pairs: [{ from: 'h1', to: 'h2', result: verdict === 'passed' ? 'ok' : 'failed', rttMs: 0.2 }],
  checks: [],
  findings: [],
});
