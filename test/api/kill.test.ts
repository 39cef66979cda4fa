import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Client, createClient, unwrap } from '#api/client.ts';
import { type RunningApi, startApi } from '#api/node.ts';
import { auditEvents, operations } from '#db/schema/index.ts';
import { askUntilGone, startApiProcess } from './api-process.ts';
import { demoProposed } from './demo.ts';

/** `FLOTILLA_KILLS=50` for the whole proof; a start takes a second or two on a busy machine. */
const kills = Number(process.env['FLOTILLA_KILLS'] ?? 5);

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'flotilla-kill-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

interface Answered {
  accepted: Set<string>;
  cancelled: Set<string>;
}

/** One life of the API: killed at a random moment once it has answered a few requests. */
async function liveAndDie(token: string | null, answered: Answered): Promise<string> {
  const { child, url, adminToken } = await startApiProcess(dataDir);
  const admin = token ?? adminToken ?? '';
  const api = (): Client => createClient({ baseUrl: url, token: admin });
  if (token === null) await demoProposed(api());
  let left = 3 + Math.floor(Math.random() * 20);
  const asking = Array.from({ length: 8 }, () =>
    askUntilGone(api(), (id, cancelled) => {
      (cancelled ? answered.cancelled : answered.accepted).add(id);
      left -= 1;
      if (left === 0) setTimeout(() => child.kill('SIGKILL'), Math.random() * 20);
    }),
  );
  await Promise.all(asking);
  if (child.signalCode === null) await once(child, 'exit');
  return admin;
}

/** Every operation has its one intent, every intent its operation, and what was cancelled its outcome. */
async function compare({ store }: RunningApi, { accepted, cancelled }: Answered): Promise<void> {
  const rows = await store.read.select({ id: operations.id, state: operations.state }).from(operations);
  const eventsOf = (action: string) =>
    store.read.select({ operation: auditEvents.operation }).from(auditEvents).where(eq(auditEvents.action, action));
  const intents = (await eventsOf('operation.requested')).map(({ operation }) => operation ?? '');
  const ids = rows.map(({ id }) => id);
  expect(intents.toSorted()).toEqual(ids.toSorted());
  expect([...accepted].filter((id) => !ids.includes(id))).toEqual([]);
  const ended = new Set((await eventsOf('operation.ended')).map(({ operation }) => operation ?? ''));
  expect([...cancelled].filter((id) => !ended.has(id))).toEqual([]);
  expect(rows.filter(({ id, state }) => (state === 'cancelled') !== ended.has(id))).toEqual([]);
}

test(
  `an API that is killed ${kills} times under load has lost nothing that it accepted`,
  async () => {
    const answered: Answered = { accepted: new Set(), cancelled: new Set() };
    let token: string | null = null;
    for (let life = 0; life < kills; life += 1) token = await liveAndDie(token, answered);
    expect(answered.accepted.size).toBeGreaterThan(kills);

    const rings = new Set<string>();
    const api = await startApi({
      dataDir,
      listen: null,
      osUser: 'ada',
      onRing: ({ operation }) => rings.add(operation),
    });
    const fetch = (request: Request) => api.app.fetch(request);
    const admin = createClient({ baseUrl: api.url, token: token ?? '', fetch });
    await api.sweep();
    const due = [...answered.accepted].filter((id) => !answered.cancelled.has(id) && !rings.has(id));
    const states = await Promise.all(
      due.map(async (id) => (await unwrap(admin.v1.operations[':id'].$get({ param: { id }, query: {} }))).state),
    );
    // A cancel whose answer was lost may have been carried out all the same.
    expect(states.filter((state) => state !== 'cancelled')).toEqual([]);
    expect(await unwrap(admin.v1.audit.verify.$get({ query: {} }))).toMatchObject({ ok: true });
    await compare(api, answered);
    await api.close();
  },
  kills * 30_000,
);
