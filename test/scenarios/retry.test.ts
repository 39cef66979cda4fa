import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SpecInput } from '#core/spec/spec.ts';
import type { OperationView } from '#core/wire.ts';
import { applied, applySpec, ended, requestApply, requestRetry, succeeded } from './support/operations.ts';
import { createStage, type Stage } from './support/stage.ts';

/** What failed once is not a success the next time because nothing is left to do: it has to run, and to be proved. */
let stage: Stage;
beforeAll(async () => {
  stage = await createStage({ id: 'retry', hosts: 2 });
});
afterAll(async () => {
  await stage?.close();
});

const specOf = (image: string): SpecInput => ({
  cluster: 'demo',
  nodes: { h1: { role: 'manager' }, h2: {} },
  networks: { net: { attachable: true, subnet: '10.200.1.0/24' } },
  services: { web: { image, deploy: { mode: 'global' } } },
});
const stepsOf = ({ steps }: OperationView): string[] => steps.map(({ step }) => step.id);

describe('a service whose image does not exist', () => {
  let first: OperationView;
  test('fails the apply, by name', async () => {
    first = await applySpec(stage.api, specOf('no-such-image:1'));
    expect({ state: first.state, code: first.error?.code }).toEqual({ state: 'failed', code: 'image_not_found' });
    expect(first.error?.message).toContain('no-such-image:1');
  });

  test('fails the retry as well: the service is there, but does not run', async () => {
    const { id } = await requestRetry(stage.api, first.id);
    const again = await ended(stage.api, { id });
    expect({ state: again.state, code: again.error?.code }).toEqual({ state: 'failed', code: 'verification_failed' });
    expect(again.error?.message).toContain(
      'The service web has no image to start from: No such image: no-such-image:1',
    );
    expect(stepsOf(again)).toEqual(['verify']);
  });

  test('runs with the mended spec: what its tasks failed of before does not count', async () => {
    const mended = await applied(stage.api, specOf('nginx'));
    expect(stepsOf(mended)).toEqual(['update-service:web', 'verify']);
  });

  test('leaves nothing to do once it is proved', async () => {
    expect(stepsOf(succeeded(await ended(stage.api, await requestApply(stage.api, 'demo'))))).toEqual([]);
  });
});

describe('a host that does not reach the registry', () => {
  const withTool = (): SpecInput => {
    const spec = specOf('nginx');
    const tool = { image: 'busybox', command: ['sleep', '3600'], deploy: { mode: 'global' as const } };
    return { ...spec, services: { ...spec.services, tool } };
  };

  test('is named, with what its engine says of the registry, where the swarm says that there is no such image', async () => {
    const h2 = stage.lab.host('h2');
    for (const port of ['tcp/5000', 'tcp/443']) await h2.fault('port', { port, direction: 'out', reject: true });
    const { state, error } = await applySpec(stage.api, withTool());
    expect({ state, code: error?.code }).toEqual({ state: 'failed', code: 'image_not_found' });
    expect(error?.message).toMatch(/^tool cannot start on h2: No such image: busybox/);
    expect(error?.message).toMatch(/Asked now, h2 gets this from the registry: .*connection refused/);
  });

  test('runs it once the registry is reached', async () => {
    await stage.lab.host('h2').heal();
    expect((await applySpec(stage.api, withTool())).state).toBe('succeeded');
  });
});
