import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createClient, unwrap } from '#api/client.ts';
import { serverSettings } from '#cli/config.ts';
import { noMeter } from '#core/meter.ts';
import type { SpecInput } from '#core/spec/spec.ts';
import { leaseTimes } from '#core/worker-wire.ts';
import { auditEvents, operations } from '#db/schema/index.ts';
import { eq } from 'drizzle-orm';
import type { Lab } from '#lab/types.ts';
import { until } from '#lab/wait.ts';
import { workerConfigOf } from '#workers/config.ts';
import { startWorker } from '#workers/start-worker.ts';
import { workerApi } from '#workers/worker-client.ts';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { startWorkerProcess, type WorkerProcess } from './support/killed-worker.ts';
import { formingCalls } from './support/forming-calls.ts';
import { labForTest, type Marks, markEngines, takeDownWhole } from './support/lab-for-test.ts';
import { addHosts, ended, propose, requestApply, show, succeeded } from './support/operations.ts';

/**
 * Two workers; the one that holds the lease is killed in the middle of a change. The other goes on from the ledger once
 * nobody else may hold it, which is twelve minutes: the clock of the API is moved on, the workers and hosts are real.
 */
let lab: Lab;
let plane: ControlPlane;
let marks: Marks;
/** All that were started, also by a try that failed. */
const started: WorkerProcess[] = [];
beforeAll(async () => {
  lab = await labForTest({ id: 'two-workers', hosts: 2 });
  plane = await startControlPlane();
  await addHosts(plane.api, lab.hosts);
  marks = await markEngines(lab);
});
afterAll(async () => {
  for (const worker of started) await worker.end();
  await plane?.close();
  if (lab !== undefined) await takeDownWhole(lab);
});

const spec: SpecInput = {
  cluster: 'demo',
  nodes: { h1: { role: 'manager' }, h2: {} },
  networks: { front: { attachable: true, subnet: '10.200.1.0/24' } },
  services: { web: { image: 'nginx', networks: ['front'], deploy: { mode: 'global' } } },
};
const idOf = (name: string): string => readFileSync(join(plane.dataDir, name, 'worker-id'), 'utf8').trim();
const rowOf = async (id: string) =>
  (await plane.running.store.read.select().from(operations).where(eq(operations.id, id)))[0];

test('the other goes on from the ledger, and nothing is done twice', async () => {
  const phase = 'before the answer is read';
  const first = startWorkerProcess(plane, lab, { phase, points: ['POST /networks/create'] }, 'first');
  started.push(first);
  await propose(plane.api, spec);
  const { id } = await requestApply(plane.api, 'demo');
  await until('the first has it', async () => (await show(plane.api, id)).state === 'running');
  started.push(startWorkerProcess(plane, lab, { phase, points: [] }, 'second'));
  expect(await first.killed()).toEqual(['POST /networks/create']);
  await first.end();
  const held = await rowOf(id);
  expect(held?.leaseHolder).toBe(idOf('first'));
  plane.advance(leaseTimes.awayMs + leaseTimes.stepMs - 60_000);
  await plane.running.sweep();
  expect((await rowOf(id))?.leaseHolder).toBe(idOf('first'));
  plane.advance(120_000);
  succeeded(await ended(plane.api, { id }));

  expect(await formingCalls(marks)).toEqual({ init: 1, join: 1, network: 1, service: 1 });
});

test('a late report of the dead one is refused by its fence, and the record tells who took over', async () => {
  const { items } = await unwrap(plane.api.v1.operations.$get({ query: { kind: 'apply' } }));
  const id = items[0]?.id ?? '';
  const fence = (await rowOf(id))?.fence ?? 0;
  const token = plane.running.workerToken;
  const late = createClient({ baseUrl: plane.running.url, token }).v1.worker.operations[':id'].reports.$post({
    param: { id },
    json: {
      worker: idOf('first'),
      fence: fence - 1,
      reports: [{ sequence: 999, body: { type: 'step-started', step: 'init-swarm:h1', at: new Date().toISOString() } }],
    },
  });
  await expect(unwrap(late)).rejects.toMatchObject({ code: 'stale_fence' });
  const taken = await plane.running.store.read
    .select({ actor: auditEvents.actor, details: auditEvents.details })
    .from(auditEvents)
    .where(eq(auditEvents.action, 'lease.taken-over'));
  expect(taken).toEqual([
    {
      actor: expect.objectContaining({ kind: 'worker', worker: idOf('second') }),
      details: { from: idOf('first'), fence },
    },
  ]);
  expect(await unwrap(plane.api.v1.audit.verify.$get({ query: {} }))).toMatchObject({ ok: true });
});

test('one whose API is away for ten minutes stops between two steps, and goes on when the API is back', async () => {
  for (const worker of started.splice(0)) await worker.end();
  const away = 600_000;
  let [isAway, aheadMs] = [false, 0];
  const said: string[] = [];
  // The line breaks, and the time goes by, while the engine makes the network.
  const onCall = (message: unknown): void => {
    const { request } = z.object({ request: z.object({ origin: z.string(), path: z.string() }) }).parse(message);
    if (isAway || request.origin !== 'http://docker' || !request.path.endsWith('/networks/create')) return;
    [isAway, aheadMs] = [true, away];
  };
  subscribe('undici:request:create', onCall);
  const client = createClient({
    baseUrl: plane.running.url,
    token: plane.running.workerToken,
    fetch: (request) => (isAway ? Promise.reject(new TypeError('the line is cut')) : fetch(request)),
  });
  const worker = startWorker({
    folder: join(plane.dataDir, 'third'),
    redis: plane.redis,
    config: workerConfigOf(serverSettings({ FLOTILLA_SSH_KEYS: `default=${lab.sshKeyFile}` })),
    api: (id) => workerApi(client, id),
    telemetry: { log: (msg) => void said.push(msg), meter: noMeter, tracer: null },
    monotonicMs: () => performance.now() + aheadMs,
  });
  try {
    marks = await markEngines(lab);
    await propose(plane.api, {
      ...spec,
      networks: { ...spec.networks, back: {} },
      services: { ...spec.services, shop: { image: 'nginx', networks: ['back'] } },
      verify: { connectivity: 'none' },
    });
    const { id } = await requestApply(plane.api, 'demo');
    await until('it is stopped', () => said.includes('it is stopped between two steps: api-away'), { limitMs: 60_000 });
    expect(await formingCalls(marks)).toMatchObject({ network: 1, service: 0 });
    plane.advance(away);
    isAway = false;
    const view = succeeded(await ended(plane.api, { id }));
    expect(await formingCalls(marks)).toEqual({ init: 0, join: 0, network: 1, service: 1 });
    const events = (await unwrap(plane.api.v1.operations[':id'].events.$get({ param: { id }, query: {}, header: {} })))
      .items;
    const endedSteps = events.flatMap(({ body }) => (body.type === 'step-ended' ? [body.step] : []));
    expect(endedSteps.toSorted()).toEqual(view.steps.map(({ step }) => step.id).toSorted());
  } finally {
    unsubscribe('undici:request:create', onCall);
    await worker.close();
  }
});
