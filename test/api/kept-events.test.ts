import { expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { defaultRetention } from '#api/retention.ts';
import { bareHosts } from '#core/testing/observations.ts';
import { reportOfVerification, reportsKept, summaryOf, timePart } from '#core/reports/report.ts';
import { asc, eq } from 'drizzle-orm';
import { deleteFrom, insertRows } from '#db/change.ts';
import { operationEvents, reports, verifications } from '#db/schema/index.ts';
import { apply, demoProposed, show, verification, verify } from './demo.ts';
import { worker, world, worldForEachTest } from './the-world.ts';

const dayMs = 86_400_000;
const found = verification('passed');

worldForEachTest(
  async () => {
    await demoProposed(world.admin);
    await worker.run((await apply(world.admin)).id, bareHosts('h1', 'h2', 'h3'));
  },
  { retention: { ...defaultRetention, eventDays: 30 } },
);

async function verified(): Promise<string> {
  const { id } = await verify(world.admin);
  await worker.take(id);
  await worker.tell({ type: 'verification', verification: found });
  await worker.end();
  return id;
}

const bodiesOf = async (id: string) =>
  (await unwrap(world.admin.v1.operations[':id'].events.$get({ param: { id }, query: {}, header: {} }))).items.map(
    ({ body }) => body,
  );

test('what a verification found is kept once, and watchers are told all of it', async () => {
  const id = await verified();
  const told = (await bodiesOf(id)).filter(({ type }) => type === 'verification');
  expect(told).toMatchObject([{ type: 'verification', verification: found }]);
  const rows = await world.api.store.read.select().from(operationEvents).where(eq(operationEvents.operation, id));
  expect(JSON.stringify(rows)).not.toContain('rttMs');
});

test(`where the report went, being older than the last ${reportsKept}, its place says so`, async () => {
  const id = await verified();
  const own = deleteFrom(verifications).where(eq(verifications.operation, id));
  await world.api.store.commit({ changes: [own], events: [] });
  expect(await bodiesOf(id)).toContainEqual(
    expect.objectContaining({ type: 'note', text: expect.stringMatching(/^What it found \(ver_\w+\) is not kept/) }),
  );
});

test(`beyond the last ${reportsKept} of a kind a report goes, and its line in the list with it`, async () => {
  const first = await verified();
  const { store } = world.api;
  const [row] = await store.read.select().from(verifications).where(eq(verifications.operation, first));
  if (row === undefined) throw new Error('It was not kept.');
  const older = Array.from({ length: reportsKept }, (_, at) => ({
    ...row,
    id: `ver_00${String(at).padStart(4, '0')}`,
  }));
  const lines = older.map(({ id }) => ({
    id,
    cluster: row.cluster,
    time: timePart(id),
    summary: { ...summaryOf(reportOfVerification(row)), id },
  }));
  await store.commit({ changes: [...insertRows(verifications, older), ...insertRows(reports, lines)], events: [] });
  await verified();
  const ids = async (table: typeof verifications | typeof reports) =>
    (await store.read.select({ id: table.id }).from(table).orderBy(asc(table.id)))
      .map(({ id }) => id)
      .filter((id) => id.startsWith('ver_'));
  const left = await ids(reports);
  expect(left).toEqual(await ids(verifications));
  expect([left.length, left[0]]).toEqual([reportsKept, 'ver_000002']);
});

test('events go so many days after the end of their operation, and the operation with its steps stays', async () => {
  const [old, before] = [await verified(), await show(world.admin, await verified())];
  const waiting = (await verify(world.admin)).id;
  world.advance(29 * dayMs);
  await world.api.sweep();
  expect(await bodiesOf(old)).not.toEqual([]);
  world.advance(2 * dayMs);
  await world.api.sweep();
  expect(await bodiesOf(old)).toEqual([]);
  expect(await show(world.admin, before.id)).toEqual(before);
  // What has not ended is not old, however long ago it was asked for.
  expect(await bodiesOf(waiting)).not.toEqual([]);
});
