import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import type { SpecInput } from '#core/spec/spec.ts';
import type { OperationView } from '#core/wire.ts';
import { markEngines } from './support/lab-for-test.ts';
import { applied, applyEdit, succeeded } from './support/operations.ts';
import { createStage, type Stage } from './support/stage.ts';
import { linesOf, runningTasks } from './support/verifications.ts';

/** A host is taken out of its cluster while work runs on it; after that it is an ordinary Docker host, and may come again. */
let stage: Stage;
beforeAll(async () => {
  stage = await createStage({ id: 'node-leaves', hosts: 3 });
  await applied(stage.api, spec);
});
afterAll(async () => {
  await stage?.close();
});

const spec: SpecInput = {
  cluster: 'demo',
  nodes: { h1: { role: 'manager' }, h2: {}, h3: { labels: { zone: 'a' } } },
  networks: { net: { attachable: true, subnet: '10.200.1.0/24' } },
  services: {
    web: { image: 'nginx', networks: ['net'], deploy: { replicas: 3 } },
    agent: { image: 'nginx', networks: ['net'], deploy: { mode: 'global' } },
  },
  containers: { tool: { host: 'h3', image: 'busybox', command: 'sleep 1000', networks: ['net'] } },
  verify: { connectivity: 'full' },
};

const edit = (verb: string, args: Record<string, unknown>): Promise<OperationView> =>
  applyEdit(stage.api, 'demo', { verb, args });
const stepIds = ({ steps }: OperationView): string[] => steps.map(({ step }) => step.id);
const clusterOf = async (name: string): Promise<string | null> =>
  (await unwrap(stage.api.v1.hosts[':name'].$get({ param: { name } }))).cluster;
const factsOf = async (name: string) =>
  (await unwrap(stage.api.v1.hosts[':name'].$get({ param: { name } }))).lastSeen?.facts;
const nodesListed = async (): Promise<string[]> =>
  (await linesOf(stage.lab.host('h1'), ['docker', 'node', 'ls', '--format', '{{.Hostname}}'])).toSorted();

describe('a worker', () => {
  test('that a container of the spec stands on is not taken out', async () => {
    await expect(edit('node rm', { host: 'h3' })).rejects.toThrow('The spec has containers on h3: tool.');
  });

  test('is drained, leaves and is taken off the list; what ran there runs elsewhere, proved', async () => {
    await edit('container rm', { name: 'tool' });
    const view = succeeded(await edit('node rm', { host: 'h3' }));
    expect(stepIds(view)).toEqual(['drain-node:h3', 'leave-swarm:h3', 'remove-node:h3', 'verify']);
    expect(view.result).toMatchObject({ verdict: 'passed' });
    expect(await nodesListed()).toEqual(['h1', 'h2']);
    expect(await clusterOf('h3')).toBeNull();
  });

  test('is an ordinary Docker host then: in no swarm, 7946 free, no container and no overlay network', async () => {
    const h3 = stage.lab.host('h3');
    expect(await linesOf(h3, ['docker', 'info', '--format', '{{.Swarm.LocalNodeState}}'])).toEqual(['inactive']);
    expect(await linesOf(h3, ['docker', 'ps', '--all', '--quiet'])).toEqual([]);
    expect((await factsOf('h3'))?.engine.swarm.state).toBe('inactive');
    expect(await linesOf(h3, ['docker', 'network', 'ls', '--filter', 'driver=overlay', '--quiet'])).toEqual([]);
    expect((await linesOf(h3, ['ss', '-Hltun'])).filter((line) => line.includes(':7946 '))).toEqual([]);
  });

  test('there is nothing more to do, and nothing is done', async () => {
    const marks = await markEngines(stage.lab);
    expect(stepIds(succeeded(await edit('node set', { host: 'h2' })))).toEqual([]);
    expect(await marks.calls()).toEqual({});
  });

  test('joins again at once, with the tasks that belong on every node', async () => {
    const view = succeeded(await edit('node add', { host: 'h3' }));
    expect(stepIds(view)).toEqual(['prepare-host:h3', 'join-worker:h3', 'verify']);
    expect(await nodesListed()).toEqual(['h1', 'h2', 'h3']);
    expect(await runningTasks(stage.lab.host('h1'), 'agent')).toBe(3);
    expect(await clusterOf('h3')).toBe('demo');
  });
});
