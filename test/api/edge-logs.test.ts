import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EdgeWorld, createEdgeWorld } from '#test/edge-world.ts';
import { unwrap } from '#api/client.ts';
import { demoFormed } from './demo.ts';
import { FakeWorker } from './fake-worker.ts';
import { askForLogs } from './printed.ts';

let edge: EdgeWorld;
beforeAll(async () => {
  edge = await createEdgeWorld();
  await demoFormed(edge.admin, new FakeWorker(edge.worker));
});
afterAll(() => edge.close());

test('at the edge logs are neither read nor followed, which is said before anything is asked of a worker', async () => {
  for (const follow of [false, true])
    await expect(askForLogs(edge.admin, { follow })).rejects.toMatchObject({
      code: 'not_supported_yet',
      message: expect.stringContaining('at the edge'),
      next: expect.stringContaining('docker logs'),
    });
  const { items } = await unwrap(edge.admin.v1.operations.$get({ query: { kind: 'logs' } }));
  expect(items).toEqual([]);
});
