import { afterAll, beforeAll, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import type { SpecInput } from '#core/spec/spec.ts';
import { until } from '#lab/wait.ts';
import { applied, applySpec, ended, requestApply, succeeded } from './support/operations.ts';
import { createStage, type Stage } from './support/stage.ts';
import { linesOf } from './support/verifications.ts';

/** A worker is lost for good while services are to be changed: what fails for it says so, and it goes before they are. */
let stage: Stage;
beforeAll(async () => {
  stage = await createStage({ id: 'lost-node', hosts: 3 });
  await applied(stage.api, specWith({}));
  await stage.lab.host('h3').fault('link-down');
  await until('h3 is down', async () =>
    (await onH1('node', 'ls', '--format', '{{.Hostname}} {{.Status}}')).includes('h3 Down'),
  );
});
afterAll(async () => {
  await stage?.close();
});

const specWith = (services: SpecInput['services']): SpecInput => ({
  cluster: 'demo',
  nodes: { h1: { role: 'manager' }, h2: {}, h3: {} },
  networks: { net: {} },
  services: { web: { image: 'nginx', networks: ['net'], deploy: { mode: 'global' } }, ...services },
});
const onH1 = (...argv: string[]): Promise<string[]> => linesOf(stage.lab.host('h1'), ['docker', ...argv]);

test('a service that finds no node for its tasks names the node that is down, and both ways on', async () => {
  const deploy = { replicas: 3, placement: { max_replicas_per_node: 1 } };
  const { state, error } = await applySpec(
    stage.api,
    specWith({ three: { image: 'nginx', networks: ['net'], deploy } }),
  );
  expect(state).toBe('failed');
  expect(error?.message).toMatch(/^three cannot start: no suitable node .*\. h3 is down\.$/);
  expect(error?.next).toContain('`flotilla host probe h3`');
  expect(error?.next).toContain('`flotilla node rm h3 --cluster demo --force`');
});

test('taken out by force, it goes before a service is changed, which is proved then', async () => {
  const param = { cluster: 'demo' };
  const edit = (verb: string, args: Record<string, unknown>) =>
    unwrap(stage.api.v1.clusters[':cluster'].edits.$post({ param, json: { verb, args } }));
  await edit('service rm', { name: 'three' });
  await edit('service update', { name: 'web', env: ['A=1'] });
  await edit('node rm', { host: 'h3', force: true });
  const view = succeeded(await ended(stage.api, await requestApply(stage.api, 'demo')));
  const ids = view.steps.map(({ step }) => step.id);
  expect(ids.toSorted()).toEqual(['remove-node:h3', 'remove-service:three', 'update-service:web', 'verify']);
  expect(ids.indexOf('remove-node:h3')).toBeLessThan(ids.indexOf('update-service:web'));
  expect(view.result).toMatchObject({ verdict: 'passed' });
  expect(await onH1('node', 'ls', '--format', '{{.Hostname}}')).toEqual(['h1', 'h2']);
});
