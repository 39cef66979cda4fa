import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { aDaysWork } from '#test/canaries/day.ts';
import { createSlackWorld, type SlackWorld } from '#test/slack/slack-world.ts';

/* The record held against persons, tokens, approvals, locks and grants, after a day in which all of them were used. */

let s: SlackWorld;
beforeAll(async () => {
  s = await createSlackWorld();
  await aDaysWork(s);
}, 60_000);
afterAll(async () => {
  s.world.log.length = 0;
  await s.close();
});

const told = async (): Promise<string[]> => {
  const { mismatches } = await unwrap(s.world.admin.v1.audit.verify.$get({ query: { reconcile: 'true' } }));
  return [...new Set(mismatches.map(({ what }) => what))];
};

/** Changes rows past the store, as whoever owns the file can, looks, and puts them back. */
async function toldAfter(sql: string): Promise<string[]> {
  const database = new Sqlite(join(s.world.dataDir, 'flotilla.db'));
  database.pragma('foreign_keys = off');
  const tables = ['persons', 'tokens', 'identities', 'policies', 'approvals', 'holds', 'break_glass_grants'];
  try {
    for (const table of tables) database.exec(`create temp table kept_${table} as select * from ${table}`);
    expect(database.prepare(sql).run().changes).toBeGreaterThan(0);
    return await told();
  } finally {
    for (const table of tables) database.exec(`delete from ${table}; insert into ${table} select * from kept_${table}`);
    database.close();
  }
}

test('agree after a day of work', async () => {
  expect(await told()).toEqual([]);
});

test.each([
  ["update persons set role = 'admin' where name = 'olga'", 'person with another role than on record'],
  [
    "update persons set removed_at = '2026-11-26' where name = 'olga'",
    'person who was removed, or came back, without its event',
  ],
  [
    "insert into persons (id, name, role, created_at) values ('per_x', 'x', 'admin', '2099-01-01')",
    'person without its event',
  ],
  ["update tokens set revoked_at = created_at where label = 'olga''s'", 'token that was revoked without its event'],
  ['update tokens set revoked_at = null', 'token that was revoked on record and is live'],
  ["update identities set external_id = 'T9/U9'", 'identity without its event'],
  [`update policies set document = '{"approvals":"none"}'`, 'policy without its event'],
  ["update approvals set risk = 'high'", 'approval without its request'],
  ["update approvals set votes = replace(votes, 'per_', 'per-')", 'vote without its event'],
  ["update approvals set state = 'used'", 'approval that was used without its event'],
  ['delete from approvals', 'request for approval without its row'],
  ["update holds set owner = 'per_x'", 'lock or freeze without its event'],
  ['update holds set ended_at = created_at', 'lock or freeze that ended without its event'],
  ['delete from holds', 'lock or freeze on record without its row'],
  ["update break_glass_grants set expires_at = '2099-01-01'", 'break-glass without its event'],
  ['update break_glass_grants set reviewed_at = created_at', 'break-glass that was reviewed without its event'],
  ['delete from break_glass_grants', 'break-glass on record without its row'],
])('%s: %s', async (sql, what) => {
  expect(await toldAfter(sql)).toContain(what);
});
