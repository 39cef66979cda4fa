import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SpecInput } from '#core/spec/spec.ts';
import type { OperationView } from '#core/wire.ts';
import { applied, applySpec, ended, requestVerify, succeeded } from './support/operations.ts';
import { createStage, type Stage } from './support/stage.ts';
import { lastVerification } from './support/verifications.ts';

/** Services whose tasks are there to end: that is what they should, and there is nothing left to prove of them. */
let stage: Stage;
beforeAll(async () => {
  stage = await createStage({ id: 'tasks-end', engines: ['20.10', '28.5'] });
});
afterAll(async () => stage?.close());

type Service = NonNullable<SpecInput['services']>[string];
const job = (command: string, deploy: Service['deploy'], more: Partial<Service> = {}): Service => ({
  image: 'busybox',
  command: ['sh', '-c', command],
  deploy: { endpoint_mode: 'dnsrr', ...deploy },
  ...more,
});
const none = { condition: 'none' } as const;
/** A swarm stops an update at a task that ends, at times before it has begun with the next one. */
const goesOn = { failure_action: 'continue' } as const;
const specWith = (services: Record<string, Service>): SpecInput => ({
  cluster: 'demo',
  nodes: { h1: { role: 'manager' }, h2: {} },
  networks: { net: { attachable: true } },
  services,
});
const jobs = (turn = 'first'): Record<string, Service> => {
  const more: Partial<Service> = { networks: ['net'], environment: { TURN: turn } };
  return {
    two: job('true', { replicas: 2, restart_policy: none, update_config: goesOn }, more),
    later: job('sleep 4', { restart_policy: { condition: 'on-failure' } }),
    everywhere: job('true', { mode: 'global', restart_policy: none }, more),
    onebyone: job('true', { replicas: 2, restart_policy: none, update_config: { parallelism: 1, ...goesOn } }, more),
    open: job('true', { restart_policy: none }, { ...more, ports: [{ target: 80, published: 8080, mode: 'host' }] }),
  };
};
const details = ({ steps }: OperationView) =>
  Object.fromEntries(
    steps
      .filter(({ step }) => step.kind.endsWith('-service'))
      .map(({ step, outcome }) => [step.id, outcome !== null && 'detail' in outcome ? outcome.detail : outcome]),
  );

/** A task may be seen before it has ended, and counts as running then: of two on two hosts one has, as a rule. */
const endedWell = expect.stringMatching(/ended with exit code 0$/);

describe('a service whose tasks end well', () => {
  test('has converged', async () => {
    expect(details(await applied(stage.api, specWith(jobs())))).toMatchObject({
      'create-service:everywhere': endedWell,
    });
  });

  test('is skipped by a verification, with the reason, once nothing of it runs', async () => {
    await settledJobs();
    succeeded(await ended(stage.api, await requestVerify(stage.api, 'demo')));
    const { checks } = await lastVerification(stage.api, 'demo');
    const own = checks.filter(({ target }) => target.startsWith('open') || target === 'two');
    expect(new Set(own.map(({ result }) => result))).toEqual(new Set(['skipped']));
    expect(own.map(({ detail }) => detail)).toContain('nothing of it runs: 0 of 1 tasks run, 1 ended with exit code 0');
  });

  test('is updated like any other, and has nothing to do then', async () => {
    const view = await applied(stage.api, specWith(jobs('second')));
    expect(details(view)).toMatchObject({
      'update-service:everywhere': endedWell,
    });
    expect(succeeded(await applySpec(stage.api, specWith(jobs('second')))).steps).toEqual([]);
  });
});

test('one whose task ends badly is told, with its exit code', async () => {
  const bad = { bad: job('exit 3', { restart_policy: none }) };
  const { error } = await applySpec(stage.api, specWith({ ...jobs('second'), ...bad }));
  expect(error?.message).toMatch(/\bbad (?:cannot start(?: on h\d)?|runs 0 of 1 tasks): task: non-zero exit \(3\)/);
});

/** Until the one that takes its time has ended too. */
async function settledJobs(): Promise<void> {
  const args = ['docker', 'service', 'ps', '--format', '{{.CurrentState}}', 'later'];
  await expect
    .poll(async () => (await stage.lab.host('h1').exec(args)).stdout, { timeout: 30_000 })
    .toMatch(/^Complete/);
}
