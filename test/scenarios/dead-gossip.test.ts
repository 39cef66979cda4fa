import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { rootCausesOf } from '#core/causes/finding-of.ts';
import type { OperationView } from '#core/wire.ts';
import type { SpecInput } from '#core/spec/spec.ts';
import { formByHand, leaveInAHurry } from '#faults/dead-gossip.ts';
import { applySpec, ended, requestRestartEngine, requestVerify, succeeded } from './support/operations.ts';
import { createStage, type Stage } from './support/stage.ts';

/**
 * Engines before 28 may keep the gossip agent of a swarm that they left in a hurry. A swarm formed on top is Ready in
 * every node, and no name resolves across hosts. It must never end as succeeded.
 */
let stage: Stage;
let stale: string[] = [];
beforeAll(async () => {
  stage = await createStage({ id: 'dead-gossip', hosts: 3 });
  stale = await leaveInAHurry(stage.lab);
});
afterAll(async () => {
  await stage?.close();
});

const spec: SpecInput = {
  cluster: 'demo',
  nodes: { h1: { role: 'manager' }, h2: {}, h3: {} },
  networks: { net: { attachable: true, subnet: '10.200.1.0/24' } },
  services: { web: { image: 'nginx', networks: ['net'], deploy: { mode: 'global' } } },
  verify: { connectivity: 'full' },
};

/** Gossip heals within a minute of a restart: asked again, so many times, until it has. */
async function verifiedWithin(attempts: number): Promise<OperationView> {
  const view = await ended(stage.api, await requestVerify(stage.api, 'demo'));
  return view.state === 'succeeded' || attempts <= 1 ? view : verifiedWithin(attempts - 1);
}

describe('a host whose engine kept the gossip of an earlier swarm', () => {
  test('is not joined: the plan is refused, naming the host and the repair', async () => {
    const { state, error, steps } = await applySpec(stage.api, spec);
    expect({ state, code: error?.code }).toEqual({ state: 'blocked', code: 'plan_refused' });
    for (const host of stale) expect(error?.message).toContain(`${host} is in no swarm, but port 7946 is taken`);
    expect(error?.next).toContain(`flotilla host restart-engine ${stale[0]}`);
    expect(steps).toEqual([]);
  });

  test('when a swarm was formed on top all the same, the proof fails and names the dead gossip', async () => {
    await formByHand(stage.lab, 'demo');
    const { state, error } = await applySpec(stage.api, spec);
    expect({ state, code: error?.code }).toEqual({ state: 'failed', code: 'verification_failed' });
    const { items } = await unwrap(
      stage.api.v1.clusters[':cluster'].verifications.$get({ param: { cluster: 'demo' }, query: {} }),
    );
    expect(items[0]?.verification.verdict).toBe('failed');
    expect(rootCausesOf(items[0]?.verification.findings ?? []).map(({ id }) => id)).toEqual(['gossip-dead']);
    expect(error?.next).toContain('restart-engine');
  });

  test('restarting the engines named is the repair', async () => {
    for (const host of stale) succeeded(await ended(stage.api, await requestRestartEngine(stage.api, host)));
    const { result } = succeeded(await verifiedWithin(3));
    expect(result).toMatchObject({ verdict: 'passed' });
  });
});
