import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient, unwrap } from '#api/client.ts';
import { startApi } from '#api/node.ts';
import { operations } from '#db/schema/index.ts';
import { until } from '#lab/wait.ts';
import { askUntilGone, startApiProcess } from '#test/api/api-process.ts';
import { demoProposed } from '#test/api/demo.ts';
import { runCli } from './run-cli.ts';
import { faultsInto } from '#test/logs.ts';

/* A backup is taken from an API process that accepts and commits all the while; everything else is done with that one. */

let folder: string;
let adminToken: string;
/** What the backup told. */
let said: string;
const at = (...path: string[]): string => join(folder, ...path);
const accepted = { beforeBackup: new Set<string>(), all: new Set<string>() };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'flotilla-backup-'));
  const { child, url, adminToken: token = '' } = await startApiProcess(at('live'));
  adminToken = token;
  const api = createClient({ baseUrl: url, token });
  await demoProposed(api);
  const load = Array.from({ length: 4 }, () => askUntilGone(api, (id) => accepted.all.add(id)));
  await until('there is load', () => accepted.all.size > 40);
  for (const id of accepted.all) accepted.beforeBackup.add(id);
  const ran = await runCli(['backup', '--data', at('live'), '--out', at('copy'), '--keys', at('apart')]);
  const atEnd = accepted.all.size;
  await until('the load goes on', () => accepted.all.size > atEnd);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await Promise.all(load);
  if (ran.code !== 0) throw new Error(`no backup: ${ran.stderr}`);
  said = ran.stdout;
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts an API on a restored folder and says what a person sees there. */
async function seen(dataDir: string) {
  const said: string[] = [];
  const api = await startApi({ dataDir, listen: null, osUser: 'ada', log: faultsInto(said) });
  try {
    const admin = createClient({ baseUrl: api.url, token: adminToken, fetch: (request) => api.app.fetch(request) });
    const ready = await unwrap(admin.readyz.$get());
    const record = await unwrap(admin.v1.audit.verify.$get({ query: { reconcile: 'true' } }));
    const rows = await api.store.read.select({ id: operations.id }).from(operations);
    const { items } = await unwrap(admin.v1.audit.$get({ query: { action: 'backup.restored' } }));
    return { ready, record, ids: new Set(rows.map(({ id }) => id)), restored: items, said };
  } finally {
    await api.close();
  }
}

test('a backup under load restores to a database whose chain verifies, with all that was accepted before', async () => {
  const ran = await runCli(['restore', '--from', at('copy'), '--keys', at('apart'), '--data', at('restored')]);
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  expect(ran.stdout).toContain('operations were not over then');
  expect(ran.stdout).toContain(`Start it with \`flotilla up --data ${at('restored')}\``);
  expect(ran.stdout).toContain('look at `flotilla plan` of each cluster before you apply');
  const { ready, record, ids, restored, said } = await seen(at('restored'));
  expect(said).toEqual([]);
  expect(ready).toMatchObject({ ok: true });
  expect(record).toMatchObject({ ok: true, fault: null, mismatches: [] });
  expect([...accepted.beforeBackup].filter((id) => !ids.has(id))).toEqual([]);
  expect(restored).toHaveLength(1);
  for (const file of [['flotilla.db'], ['keys', 'audit.key'], ['keys', 'sealing.key']])
    expect([file, statSync(at('restored', ...file)).mode & 0o077]).toEqual([file, 0]);
});

test('it is for this user only, and the keys are not in it', () => {
  expect(said).toContain('the chain holds');
  expect(statSync(at('copy')).mode & 0o077).toBe(0);
  expect(statSync(at('copy', 'flotilla.db')).mode & 0o077).toBe(0);
  expect(readdirSync(at('copy'))).toEqual(expect.arrayContaining(['audit.key.pub', 'flotilla.db', 'manifest.json']));
  expect(readdirSync(at('copy'))).not.toContain('audit.key');
  expect(readdirSync(at('copy'))).not.toContain('sealing.key');
  expect(readdirSync(at('apart'))).toEqual(['audit.key', 'sealing.key']);
});

test('with the key lost, a new one signs from here on, and the old checkpoints are put aside', async () => {
  const ran = await runCli(['restore', '--from', at('copy'), '--new-key', '--data', at('new-key')]);
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  expect((await seen(at('new-key'))).record).toMatchObject({ ok: true });
});

describe('refused, with nothing made:', () => {
  const spoiled = (name: string, spoil: (path: string) => void): string => {
    cpSync(at('copy'), at(name), { recursive: true });
    spoil(at(name, 'flotilla.db'));
    return at(name);
  };
  const inside = (sql: string) => (path: string) => {
    const database = new Sqlite(path);
    database.exec(sql);
    database.close();
  };
  const restoreOf = async (from: string, ...more: string[]) => {
    const target = `${from}-target`;
    const ran = await runCli(['restore', '--from', from, '--data', target, ...more]);
    return { ...ran, isMade: existsSync(join(target, 'flotilla.db')) };
  };

  test('a backup that was changed', async () => {
    const from = spoiled('changed', inside("update hosts set address = '10.0.0.1'"));
    const ran = await restoreOf(from, '--keys', at('apart'));
    expect(ran).toMatchObject({ code: 11, isMade: false });
    expect(ran.stderr).toContain('flotilla.db is not the one that was backed up');
  });

  test('a restore without the key, or over a database', async () => {
    const without = await restoreOf(at('copy'));
    expect(without).toMatchObject({ code: 2, isMade: false });
    expect(without.stderr).toContain('--new-key');
    const over = await runCli(['restore', '--from', at('copy'), '--keys', at('apart'), '--data', at('live')]);
    expect(over).toMatchObject({ code: 5 });
    expect(over.stderr).toContain('It was left as it is.');
  });

  test('a folder that is no backup', async () => {
    expect(await restoreOf(at('live'), '--keys', at('apart'))).toMatchObject({ code: 2, isMade: false });
  });

  test('a backup of a record that does not hold, of nothing, over another, or with its key inside', async () => {
    cpSync(at('live'), at('broken'), { recursive: true });
    inside('drop trigger audit_events_no_update; update audit_events set hash = upper(hash) where sequence = 9')(
      at('broken', 'flotilla.db'),
    );
    const broken = await runCli(['backup', '--data', at('broken'), '--out', at('never')]);
    expect(broken).toMatchObject({ code: 11 });
    expect(broken.stderr).toContain('The backup is not whole');
    expect(await runCli(['backup', '--data', at('nothing'), '--out', at('never')])).toMatchObject({ code: 3 });
    expect(await runCli(['backup', '--data', at('live'), '--out', at('copy')])).toMatchObject({ code: 5 });
    const keys = ['--keys', at('never', 'keys')];
    expect(await runCli(['backup', '--data', at('live'), '--out', at('never'), ...keys])).toMatchObject({ code: 2 });
    expect(readdirSync(folder).filter((name) => name.startsWith('never'))).toEqual([]);
  });
});
