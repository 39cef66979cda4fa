import { describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { bareHosts } from '#core/testing/observations.ts';
import { failedReport } from '#core/testing/reports.ts';
import type { Verification } from '#core/verification.ts';
import { apply, cluster, demoProposed, show, verify } from './demo.ts';
import { worker, world, worldForEachTest } from './the-world.ts';

/** What was found is kept, and read in whatever format; and verifications that start by themselves. */
worldForEachTest(async () => {
  await demoProposed(world.admin);
  await worker.run((await apply(world.admin)).id, bareHosts('h1', 'h2', 'h3'));
});

const { hosts: nodes, kind: _kind, id: _id, cluster: _cluster, operation: _operation, ...rest } = failedReport(3);
const verification: Verification = { ...rest, nodes };

async function verified(): Promise<string> {
  const { id } = await verify(world.admin);
  await worker.take(id);
  await worker.tell({ type: 'verification', verification });
  await worker.end('failed', 'verification_failed');
  const { items } = await unwrap(
    world.admin.v1.clusters[':cluster'].reports.$get({ param: { cluster }, query: { limit: '1' } }),
  );
  return items[0]?.id ?? '';
}

const get = (path: string, token: string | null, headers: Record<string, string> = {}) =>
  world.api.app.request(path, {
    headers: { ...headers, ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
  });

describe('reports', () => {
  test('are listed with their causes, page after page', async () => {
    const [first, second] = [await verified(), await verified()];
    const list = (query: { limit: string; cursor?: string }) =>
      unwrap(world.admin.v1.clusters[':cluster'].reports.$get({ param: { cluster }, query }));
    const page = await list({ limit: '1' });
    expect(page.items).toMatchObject([{ id: second, verdict: 'failed', causes: ['data-port-blocked'], reached: 4 }]);
    expect((await list({ limit: '1', cursor: page.next ?? '' })).items.map(({ id }) => id)).toEqual([first]);
  });

  test('are found by their operation as well, which its JUnit file names', async () => {
    const id = await verified();
    const { items } = await unwrap(world.admin.v1.operations.$get({ query: { kind: 'verify', limit: '1' } }));
    const byOperation = world.admin.v1.reports[':id'].$get({ param: { id: items[0]?.id ?? '' }, query: {} });
    expect((await unwrap(byOperation)).id).toBe(id);
  });

  test('come as JUnit XML or as a page, by the query or by Accept', async () => {
    const id = await verified();
    const typeOf = async (query: string, accept?: string) =>
      (await get(`/v1/reports/${id}${query}`, world.adminToken, accept === undefined ? {} : { accept })).headers.get(
        'content-type',
      );
    expect([
      await typeOf(''),
      await typeOf('?format=junit'),
      await typeOf('', 'text/html,application/xhtml+xml'),
      await typeOf('?format=json', 'text/html'),
    ]).toEqual(['application/json', 'application/xml; charset=utf-8', 'text/html; charset=utf-8', 'application/json']);
  });

  test('tell the history of one pair', async () => {
    await verified();
    const param = { cluster, from: 'h1', to: 'h2' };
    const { items } = await unwrap(
      world.admin.v1.clusters[':cluster'].pairs[':from'][':to'].$get({ param, query: { limit: '5' } }),
    );
    expect(items).toMatchObject([{ result: 'failed', rttMs: null }]);
  });

  test('are metrics for who has a viewer’s token, and for nobody without one', async () => {
    await verified();
    expect((await get('/metrics', null)).status).toBe(401);
    const response = await get('/metrics', await world.tokenFor('viewer'));
    expect(response.headers.get('content-type')).toContain('version=0.0.4');
    expect(await response.text()).toContain('flotilla_report_passed{cluster="demo",kind="verification"} 0');
  });
});

describe('a schedule', () => {
  const path = () => world.admin.v1.clusters[':cluster'].schedule;
  const every = (everySeconds: number) => unwrap(path().$put({ param: { cluster }, json: { everySeconds } }));
  const verifications = async () => (await unwrap(world.admin.v1.operations.$get({ query: { kind: 'verify' } }))).items;

  test('starts a verification when it is due, as itself, and on record', async () => {
    await every(900);
    await world.api.sweep();
    expect(await verifications()).toEqual([]);
    world.advance(900_000);
    await world.api.sweep();
    expect(await verifications()).toMatchObject([{ actor: { kind: 'schedule', name: 'verify every 15m' } }]);
    const { schedule } = await unwrap(path().$get({ param: { cluster } }));
    expect(schedule?.lastOperation).toBe((await verifications())[0]?.id);
  });

  test('makes up nothing that was missed, and never starts two at once', async () => {
    await every(60);
    world.advance(3_600_000);
    await world.api.sweep();
    world.advance(600_000);
    await world.api.sweep();
    const [only, ...more] = await verifications();
    expect(more).toEqual([]);
    await worker.take(only?.id ?? '');
    await worker.end();
    await world.api.sweep();
    expect(await verifications()).toHaveLength(2);
  });

  test('waits for a change to end', async () => {
    await every(60);
    const change = await apply(world.admin);
    world.advance(61_000);
    await world.api.sweep();
    expect(await verifications()).toEqual([]);
    await worker.run(change.id, bareHosts('h1', 'h2', 'h3'));
    await world.api.sweep();
    expect(await verifications()).toHaveLength(1);
    expect((await show(world.admin, change.id)).state).not.toBe('queued');
  });

  test('ends, and is not more often than every minute', async () => {
    await expect(every(5)).rejects.toMatchObject({ code: 'invalid_input' });
    await every(60);
    await unwrap(path().$delete({ param: { cluster } }));
    world.advance(61_000);
    await world.api.sweep();
    expect(await verifications()).toEqual([]);
    await expect(unwrap(path().$delete({ param: { cluster } }))).rejects.toMatchObject({ code: 'not_found' });
  });
});
