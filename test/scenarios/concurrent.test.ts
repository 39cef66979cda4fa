import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, unwrap } from '#api/client.ts';
import type { SpecInput } from '#core/spec/spec.ts';
import { until } from '#lab/wait.ts';
import { markEngines } from './support/lab-for-test.ts';
import {
  applied,
  ended,
  propose,
  requestApply,
  requestCancel,
  requestPlan,
  requestVerify,
  show,
  succeeded,
} from './support/operations.ts';
import { createStage, type Stage } from './support/stage.ts';
import { linesOf } from './support/verifications.ts';

/** Several people at once on one cluster: one change after the other, and nobody's change on a plan that is over. */
let stage: Stage;
beforeAll(async () => {
  stage = await createStage({ id: 'concurrent', hosts: 2 });
});
afterAll(async () => {
  await stage?.close();
});

/** A cluster of these networks, without services, so that every step is quick. */
const specOf = (...networks: string[]): SpecInput => ({
  cluster: 'demo',
  nodes: { h1: { role: 'manager' }, h2: {} },
  networks: Object.fromEntries(
    networks.map((name, at) => [name, { attachable: true, subnet: `10.200.${at + 1}.0/24` }]),
  ),
  verify: { connectivity: 'none' },
});

/** Network a with a service on it, to be proved. */
const whole: SpecInput = {
  ...specOf('a'),
  services: { web: { image: 'nginx', networks: ['a'], deploy: { mode: 'global' } } },
  verify: { connectivity: 'full' },
};

const overlays = async (): Promise<string[]> => {
  const listing = ['--filter', 'driver=overlay', '--format', '{{.Name}}'];
  const names = await linesOf(stage.lab.host('h1'), ['docker', 'network', 'ls', ...listing]);
  return names.filter((name) => name !== 'ingress').toSorted();
};

describe('a running operation that is cancelled', () => {
  test('stops between two steps, and says what was and was not done', async () => {
    const { api, lab } = stage;
    const marks = await markEngines(lab);
    await propose(api, whole);
    const operation = await requestApply(api, 'demo');
    await until('the swarm is being formed', async () => {
      const { steps } = await show(api, operation.id);
      return steps.some(({ step, state }) => step.kind === 'init-swarm' && state !== 'waiting');
    });
    await requestCancel(api, operation.id);
    const { state, error, steps } = await ended(api, operation);
    expect({ state, code: error?.code }).toEqual({ state: 'cancelled', code: 'cancelled' });
    expect(error?.done).toMatch(/^\d of \d steps were done\. Not started: .*create service web.*verify/);
    expect(steps.filter((step) => step.state === 'running')).toEqual([]);
    expect(steps.find(({ step }) => step.id === 'init-swarm:h1')?.outcome?.kind).toBe('done');
    expect(steps.find(({ step }) => step.id === 'create-service:web')?.state).toBe('waiting');
    const { h1 = [] } = await marks.calls();
    expect(h1.filter((call) => call.startsWith('POST /services'))).toEqual([]);
  });

  test('leaves the rest to the next apply', async () => {
    const { plan, result } = succeeded(await ended(stage.api, await requestApply(stage.api, 'demo')));
    expect(plan?.steps.map(({ id }) => id)).not.toContain('init-swarm:h1');
    expect(plan?.steps.map(({ id }) => id)).toContain('create-service:web');
    expect(result).toMatchObject({ verdict: 'passed' });
  });
});

describe('two applies at once', () => {
  test('run one after the other, and both end right', async () => {
    const { api } = stage;
    const marks = await markEngines(stage.lab);
    await propose(api, specOf('a', 'b'));
    const [first, second] = await Promise.all([requestApply(api, 'demo'), requestApply(api, 'demo')]);
    const turns = [await ended(api, first), await ended(api, second)]
      .map(succeeded)
      .toSorted((one, other) => (one.startedAt ?? '').localeCompare(other.startedAt ?? ''));
    const [earlier, later] = turns;
    expect(earlier?.steps.length).toBeGreaterThan(0);
    expect(later?.steps).toEqual([]);
    expect((later?.startedAt ?? '') >= (earlier?.endedAt ?? '-')).toBe(true);
    const { h1 = [] } = await marks.calls();
    expect(h1.filter((call) => call.startsWith('POST /networks/create'))).toHaveLength(1);
    expect(await overlays()).toEqual(['a', 'b']);
  });

  test('the second waits in the queue while the first runs', async () => {
    const { api } = stage;
    await propose(api, specOf('a', 'b', 'c'));
    const first = await requestApply(api, 'demo');
    const second = await requestApply(api, 'demo');
    await isRunning(api, first.id);
    expect((await show(api, second.id)).state).toBe('queued');
    succeeded(await ended(api, first));
    succeeded(await ended(api, second));
  });
});

describe('an apply that is bound to a plan', () => {
  test('does what that plan says', async () => {
    const { api } = stage;
    const number = await propose(api, specOf('a', 'b', 'c', 'd'));
    const { plan } = succeeded(await ended(api, await requestPlan(api, 'demo')));
    const operation = await applyPlan(api, { revision: number, digest: plan?.digest ?? '' });
    const { plan: run } = succeeded(await ended(api, operation));
    expect(run?.digest).toBe(plan?.digest);
  });

  test('does nothing once the hosts are not as that plan saw them', async () => {
    const { api, lab } = stage;
    const number = await propose(api, specOf('a', 'b', 'c', 'd', 'e'));
    const { plan } = succeeded(await ended(api, await requestPlan(api, 'demo')));
    await linesOf(lab.host('h1'), ['docker', 'network', 'rm', 'd']);
    const marks = await markEngines(lab);
    const { state, error, steps } = await ended(
      api,
      await applyPlan(api, { revision: number, digest: plan?.digest ?? '' }),
    );
    expect({ state, code: error?.code }).toEqual({ state: 'failed', code: 'plan_stale' });
    expect(error?.done).toBe('Nothing was changed on any host.');
    expect(error?.next).toContain('Look at the new plan');
    expect(steps).toEqual([]);
    expect(await marks.calls()).toEqual({});
    expect(await overlays()).toEqual(['a', 'b', 'c']);
  });
});

describe('a verification that is asked for during an apply', () => {
  test('runs after it, on what it left', async () => {
    const { api } = stage;
    await propose(api, whole);
    const apply = await requestApply(api, 'demo');
    const verify = await requestVerify(api, 'demo');
    await isRunning(api, apply.id);
    expect((await show(api, verify.id)).state).toBe('queued');
    const changed = succeeded(await ended(api, apply));
    const proved = succeeded(await ended(api, verify));
    expect((proved.startedAt ?? '') >= (changed.endedAt ?? '-')).toBe(true);
  });

  test('leaves nothing to do', async () => {
    const { steps } = await applied(stage.api, whole);
    expect(steps).toEqual([]);
  });
});

const isRunning = (api: Client, id: string): Promise<unknown> =>
  until(`${id} runs`, async () => (await show(api, id)).state === 'running');

const applyPlan = (api: Client, json: { revision: number; digest: string }) =>
  unwrap(api.v1.clusters[':cluster'].apply.$post({ param: { cluster: 'demo' }, header: {}, json }));
