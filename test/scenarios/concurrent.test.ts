import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, unwrap } from '#api/client.ts';
import { isFinished, type Operation } from '#core/operation.ts';
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

/** Network a with a service and a container on it, to be proved. */
const whole: SpecInput = {
  ...specOf('a'),
  services: { web: { image: 'nginx', networks: ['a'], deploy: { mode: 'global' } } },
  containers: { box: { host: 'h2', image: 'nginx', networks: ['a'] } },
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
    // The second host cannot join until it is healed, so there is time to cancel, however fast the rest is.
    await lab.host('h1').fault('manager-port');
    const operation = await requestApply(api, 'demo', { preflight: 'skip' });
    await until('the second host is joining', async () => {
      const { steps } = await show(api, operation.id);
      return steps.some(({ step, state }) => step.kind === 'join-worker' && state === 'running');
    });
    await requestCancel(api, operation.id);
    await until('the worker has heard of it', async () => {
      const noted = await notesOf(api, operation.id);
      return noted.some((text) => text.startsWith('Asked to stop'));
    });
    await lab.host('h1').heal();
    const { state, error, steps } = await ended(api, operation);
    expect({ state, code: error?.code }).toEqual({ state: 'cancelled', code: 'cancelled' });
    expect(error?.done).toMatch(/^\d of \d steps were done\. Not started: .*run container box.*verify/);
    expect(steps.filter((step) => step.state === 'running')).toEqual([]);
    expect(steps.find(({ step }) => step.id === 'init-swarm:h1')?.outcome?.kind).toBe('done');
    expect(steps.find(({ step }) => step.id === 'run-container:box')?.state).toBe('waiting');
    const { h2 = [] } = await marks.calls();
    expect(h2.filter((call) => call.startsWith('POST /containers'))).toEqual([]);
  });

  test('leaves the rest to the next apply', async () => {
    const { plan, result } = succeeded(await ended(stage.api, await requestApply(stage.api, 'demo')));
    expect(plan?.steps.map(({ id }) => id)).not.toContain('init-swarm:h1');
    expect(plan?.steps.map(({ id }) => id)).toContain('run-container:box');
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
    expect(await statesUntilEnded(api, first, second)).toEqual(new Set(['queued']));
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
    expect(await statesUntilEnded(api, apply, verify)).toEqual(new Set(['queued']));
    const changed = succeeded(await ended(api, apply));
    const proved = succeeded(await ended(api, verify));
    expect((proved.startedAt ?? '') >= (changed.endedAt ?? '-')).toBe(true);
  });

  test('leaves nothing to do', async () => {
    const { steps } = await applied(stage.api, whole);
    expect(steps).toEqual([]);
  });
});

/** The states in which `second` was seen while `first` had not ended: read before it, so that no end comes between. */
const statesUntilEnded = async (api: Client, first: Operation, second: Operation): Promise<Set<string>> => {
  const seen = new Set([(await show(api, second.id)).state]);
  await until(
    `${first.id} has ended`,
    async () => {
      const { state } = await show(api, second.id);
      if (isFinished((await show(api, first.id)).state)) return true;
      seen.add(state);
      return false;
    },
    { limitMs: 150_000 },
  );
  return seen;
};

/** What the worker noted so far. */
const notesOf = async (api: Client, id: string): Promise<string[]> => {
  const { items } = await unwrap(api.v1.operations[':id'].events.$get({ param: { id }, query: {}, header: {} }));
  return items.flatMap(({ body }) => (body.type === 'note' ? [body.text] : []));
};

const applyPlan = (api: Client, json: { revision: number; digest: string }) =>
  unwrap(api.v1.clusters[':cluster'].apply.$post({ param: { cluster: 'demo' }, header: {}, json }));
