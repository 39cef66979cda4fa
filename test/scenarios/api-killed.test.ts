import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import type { Operation } from '#core/operation.ts';
import type { SpecInput } from '#core/spec/spec.ts';
import type { Lab } from '#lab/types.ts';
import { until } from '#lab/wait.ts';
import { type FlotillaProcess, startFlotillaProcess } from './support/flotilla-process.ts';
import { labForTest, takeDownWhole } from './support/lab-for-test.ts';
import {
  addHosts,
  applySpec,
  ended,
  propose,
  requestApply,
  requestPlan,
  requestRetry,
  requestVerify,
  show,
  succeeded,
} from './support/operations.ts';
import { linesOf } from './support/verifications.ts';

/** A real `flotilla up` on two real hosts: killed, its Redis emptied, its operations failing. Nothing is lost. */
let lab: Lab;
let dataDir: string;
let flotilla: FlotillaProcess;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'flotilla-scenario-'));
  lab = await labForTest({ id: 'api-killed', hosts: 2 });
  flotilla = await startFlotillaProcess(lab, dataDir);
});
afterAll(async () => {
  await flotilla?.stop();
  rmSync(dataDir, { recursive: true, force: true });
  if (lab !== undefined) await takeDownWhole(lab);
});

const spec: SpecInput = {
  cluster: 'demo',
  nodes: { h1: { role: 'manager' }, h2: {} },
  networks: { net: { attachable: true, subnet: '10.200.1.0/24' } },
  services: { web: { image: 'nginx', networks: ['net'], deploy: { mode: 'global' } } },
};

const requestProbe = (name: string): Promise<Operation> =>
  unwrap(flotilla.api.v1.hosts[':name'].probe.$post({ param: { name }, json: {} }));

describe('a host that cannot be used is told by one clear code', () => {
  const whyNot = async (name: string, fields: { user?: string; fingerprint?: string }) => {
    const host = lab.host('h1');
    const { address, sshPort: port, user } = host;
    const fingerprint = await host.hostKeyFingerprint();
    await unwrap(flotilla.api.v1.hosts.$post({ json: { name, address, port, user, fingerprint, ...fields } }));
    const { state, error } = await ended(flotilla.api, await requestProbe(name));
    await unwrap(flotilla.api.v1.hosts[':name'].$delete({ param: { name } }));
    expect(state).toBe('failed');
    expect(error?.host).toBe(name);
    expect(`${error?.message} ${error?.done} ${error?.next}`).not.toMatch(/undefined|\bat .+:\d+:\d+|PRIVATE KEY/);
    return error;
  };

  test('a user without rights on the Docker socket', async () => {
    const error = await whyNot('no-rights', { user: 'guest' });
    expect(error?.code).toBe('engine_forbidden');
    expect(error?.next).toContain('usermod -aG docker guest');
  });

  test('a user that the host does not know', async () => {
    const error = await whyNot('no-user', { user: 'nobody-here' });
    expect(error?.code).toBe('ssh_auth_failed');
    expect(error?.message).toContain('nobody-here');
  });

  test('a host key that has changed, which is on record as a matter of security', async () => {
    const fingerprint = await lab.host('h1').hostKeyFingerprint();
    await lab.host('h1').fault('host-key');
    const error = await whyNot('other-key', { fingerprint });
    await lab.host('h1').heal('host-key');
    expect(error?.code).toBe('host_key_changed');
    const { items } = await unwrap(flotilla.api.v1.audit.$get({ query: {} }));
    const alarm = items.find(({ action }) => action === 'host-key.changed');
    expect(alarm).toMatchObject({ target: { kind: 'host', id: 'other-key' }, details: { security: true } });
  });
});

test('a host whose key was replaced is held to the new one, while its engine is the one on record', async () => {
  const host = lab.host('h1');
  const { address, sshPort: port, user } = host;
  const name = 'rotated';
  const { api } = flotilla;
  const pin = async (fingerprint: string) =>
    ended(api, await unwrap(api.v1.hosts[':name'].pin.$post({ param: { name }, json: { fingerprint } })));
  const former = await host.hostKeyFingerprint();
  await unwrap(api.v1.hosts.$post({ json: { name, address, port, user, fingerprint: former } }));
  succeeded(await ended(api, await requestProbe(name)));
  await host.fault('host-key');
  // The connection of the probe before is still open, and would not tell.
  expect(await ended(api, await requestProbe(name))).toMatchObject({
    state: 'failed',
    error: { code: 'host_key_changed' },
  });
  expect(await pin(former)).toMatchObject({ state: 'failed', error: { code: 'host_key_changed' } });
  expect(await pin(await host.hostKeyFingerprint())).toMatchObject({ state: 'succeeded', error: null });
  succeeded(await ended(api, await requestProbe(name)));
  await host.heal('host-key');
  expect(await pin(await host.hostKeyFingerprint())).toMatchObject({ state: 'succeeded' });
  await unwrap(api.v1.hosts[':name'].$delete({ param: { name } }));
});

describe('what was accepted', () => {
  test('is there after a SIGKILL and a new start on the same folder, and ends', async () => {
    const { api } = flotilla;
    await addHosts(api, lab.hosts);
    await propose(api, spec);
    const accepted = [(await requestApply(api, 'demo')).id];
    /** Asks for one operation after the other until nobody answers. */
    const ask = async (request: () => Promise<Operation>): Promise<void> => {
      for (;;) {
        const answer = await request().catch(() => null);
        if (answer === null) return;
        accepted.push(answer.id);
        if (accepted.length >= 16) await flotilla.kill();
      }
    };
    await Promise.all([
      ask(() => requestPlan(api, 'demo')),
      ask(() => requestProbe('h1')),
      ask(() => requestProbe('h2')),
      ask(() => requestApply(api, 'demo')),
    ]);
    expect(accepted.length).toBeGreaterThanOrEqual(16);

    flotilla = await startFlotillaProcess(lab, dataDir);
    for (const id of accepted) succeeded(await ended(flotilla.api, { id }));
    expect(await unwrap(flotilla.api.v1.audit.verify.$get({ query: {} }))).toMatchObject({ ok: true });
  });

  test('is not lost with what Redis held', async () => {
    const { api } = flotilla;
    await propose(api, { ...spec, containers: { tool: { host: 'h2', image: 'nginx', networks: ['net'] } } });
    const apply = await requestApply(api, 'demo');
    const others = [await requestVerify(api, 'demo'), await requestApply(api, 'demo')];
    for (let count = 0; count < 12; count += 1) others.push(await requestPlan(api, 'demo'));
    await until('one runs and others wait', async () => {
      const states = await Promise.all([apply, ...others].map(async ({ id }) => (await show(api, id)).state));
      return states.includes('queued') && states.includes('running');
    });
    const redis = new Redis(join(dataDir, 'redis', 'redis.sock'));
    await redis.flushall();
    redis.disconnect();
    for (const operation of [apply, ...others]) succeeded(await ended(api, operation));
    expect(await unwrap(api.v1.audit.verify.$get({ query: {} }))).toMatchObject({ ok: true });
  });
});

describe('a failed operation', () => {
  const withLater: SpecInput = {
    ...spec,
    containers: { later: { host: 'h2', image: 'not-yet:1', networks: ['net'] } },
  };
  let failed: Operation;

  test('says which image does not exist, and what was and was not done', async () => {
    failed = await applySpec(flotilla.api, withLater);
    const { state, error } = failed;
    expect({ state, code: error?.code, host: error?.host }).toEqual({
      state: 'failed',
      code: 'image_not_found',
      host: 'h2',
    });
    expect(error?.message).toContain('not-yet:1');
    expect(error?.done).toMatch(/\d of \d steps were done\. Not started: .*verify/);
    expect(error?.next).toBeDefined();
  });

  test('is retried once the cause is mended, and goes on with what is left', async () => {
    // What was pulled for a service is there by its digest alone.
    await linesOf(lab.host('h2'), ['docker', 'pull', '--quiet', 'nginx:latest']);
    await linesOf(lab.host('h2'), ['docker', 'tag', 'nginx:latest', 'not-yet:1']);
    const { steps, retryOf } = succeeded(await ended(flotilla.api, await requestRetry(flotilla.api, failed.id)));
    expect(retryOf).toBe(failed.id);
    expect(steps.map(({ step }) => step.id)).toEqual(['run-container:later', 'verify']);
  });

  test('gives way to a mended spec', async () => {
    const wrong = await applySpec(flotilla.api, {
      ...withLater,
      services: { ...spec.services, other: { image: 'no-such-image:1' } },
    });
    expect({ state: wrong.state, code: wrong.error?.code }).toEqual({ state: 'failed', code: 'image_not_found' });
    const { steps } = succeeded(await applySpec(flotilla.api, withLater));
    expect(steps.map(({ step }) => step.kind)).toContain('remove-service');
  });
});
