import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import type { SpecInput } from '#core/spec/spec.ts';
import type { OperationView } from '#core/wire.ts';
import { markEngines } from './support/lab-for-test.ts';
import { applied, applyEdit, ended, requestApply, succeeded } from './support/operations.ts';
import { createStage, type Stage } from './support/stage.ts';
import { lastVerification, linesOf, runningTasks } from './support/verifications.ts';

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
  test('that is drained takes no prober, which is told, and the others are proved as before', async () => {
    const view = succeeded(await edit('node set', { host: 'h2', availability: 'drain' }));
    expect(stepIds(view)).toEqual(['set-node:h2', 'verify']);
    const { verdict, checks } = await lastVerification(stage.api, 'demo');
    expect(verdict).toBe('passed');
    expect(checks.filter(({ result, from }) => result === 'skipped' && from === 'h2')).toMatchObject([
      { check: 'vantage', detail: 'h2 has no container on net, and none can be attached while it is drained' },
    ]);
    succeeded(await edit('node set', { host: 'h2', availability: 'active' }));
  });

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

describe('a host that cannot be seen', () => {
  const h3 = () => stage.lab.host('h3');

  test('stays: that it could not be seen does not mean that it is gone', async () => {
    await h3().stopEngine();
    const { state, error, steps } = await edit('node rm', { host: 'h3' });
    expect({ state, code: error?.code, steps }).toEqual({ state: 'blocked', code: 'engine_unreachable', steps: [] });
    expect(error?.message).toContain('h3 is to leave the cluster and could not be seen');
    expect(error?.next).toContain('flotilla node rm h3 --force');
    expect(await nodesListed()).toEqual(['h1', 'h2', 'h3']);
  });

  test('is taken out by force, said again though the spec has not named it since', async () => {
    const view = succeeded(await edit('node rm', { host: 'h3', force: true }));
    expect(stepIds(view)).toEqual(['remove-node:h3', 'verify']);
    expect(await nodesListed()).toEqual(['h1', 'h2']);
    expect(await clusterOf('h3')).toBeNull();
  });

  test('and comes back is told from a stranger and from a free host, until it has left', async () => {
    await h3().startEngine();
    const { state, error } = await edit('node add', { host: 'h3' });
    expect({ state, code: error?.code }).toEqual({ state: 'blocked', code: 'conflict' });
    expect(error?.message).toContain('it was removed while h3 was not seen');
    expect(error?.next).toContain('`docker swarm leave --force` on h3');
    await linesOf(h3(), ['docker', 'swarm', 'leave', '--force']);
    succeeded(await ended(stage.api, await requestApply(stage.api, 'demo')));
    expect(await nodesListed()).toEqual(['h1', 'h2', 'h3']);
  });
});

test('the first manager leaves too, once another has taken its place', async () => {
  await expect(edit('node rm', { host: 'h1' })).rejects.toThrow('h1 is the last manager');
  await edit('node set', { host: 'h2', role: 'manager' });
  const view = succeeded(await edit('node rm', { host: 'h1' }));
  expect(stepIds(view)).toEqual(['set-node:h1', 'drain-node:h1', 'leave-swarm:h1', 'remove-node:h1', 'verify']);
  expect(await linesOf(stage.lab.host('h2'), ['docker', 'node', 'ls', '--format', '{{.Hostname}}'])).toHaveLength(2);
});
