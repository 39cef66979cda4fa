import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unwrap, unwrapStream } from '#api/client.ts';
import { auditKeyFile, checkpointsFile } from '#api/record/files.ts';
import { signingKey } from '#api/record/key.ts';
import { base64Of, bytesOfHex } from '#core/audit/base64.ts';
import { genesis, preimage } from '#core/audit/chain.ts';
import { checkpointText } from '#core/audit/checkpoint.ts';
import { exitCodeOfFault } from '#core/audit/faults.ts';
import { emptyTree, grown, rootOf } from '#core/audit/tree.ts';
import { contentOf } from '#db/audit-row.ts';
import { sha256 } from '#db/sha256-node.ts';
import { checkFile } from '#cli/audit/check-file.ts';
import { createHash } from 'node:crypto';
import { createWorld, type World } from '#test/world.ts';
import { addHosts, plan, propose } from './demo.ts';
import { faultsInto } from '#test/logs.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
  await addHosts(world.admin, 'h1', 'h2', 'h3');
  await propose(world.admin);
  await plan(world.admin);
});
afterEach(async () => {
  // What the keeper says of a record that was tampered with is no fault of ours.
  world.log.length = 0;
  await world.close();
});

const hashBytes = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const insertable =
  'sequence, at, action, actor, source, outcome, cluster, target_kind, target_id, operation, reason, details, previous_hash, hash';

/** Runs SQL past the store, as somebody does who owns the file; triggers are put back unless told otherwise. */
function tamper(sql: string | ((database: Sqlite.Database) => void), keepTriggers = true): void {
  const database = new Sqlite(join(world.dataDir, 'flotilla.db'));
  const triggers = database.prepare<[], { name: string; sql: string }>(
    "select name, sql from sqlite_master where type = 'trigger' and tbl_name = 'audit_events'",
  );
  const known = triggers.all();
  for (const { name } of known) database.exec(`drop trigger ${name}`);
  if (typeof sql === 'string') database.exec(sql);
  else sql(database);
  if (keepTriggers) for (const trigger of known) database.exec(trigger.sql);
  database.close();
}

/** Writes the whole chain anew behind changed events, as one who knows how it is made. */
function rewriteAll(database: Sqlite.Database): string[] {
  const rows = database.prepare(`select ${insertable} from audit_events order by sequence`).all() as Record<
    string,
    string
  >[];
  let previous = genesis.hash;
  return rows.map((row) => {
    const content = contentOf({
      sequence: row['sequence'],
      at: row['at'],
      action: row['action'],
      actor: row['actor'],
      source: row['source'],
      outcome: row['outcome'],
      cluster: row['cluster'],
      targetKind: row['target_kind'],
      targetId: row['target_id'],
      operation: row['operation'],
      reason: row['reason'],
      details: row['details'],
    });
    const hash = sha256(preimage(previous, content));
    database
      .prepare('update audit_events set previous_hash = ?, hash = ? where sequence = ?')
      .run(previous, hash, row['sequence']);
    previous = hash;
    return hash;
  });
}

const verify = (query: { anchor?: string; reconcile?: 'true' } = {}) =>
  unwrap(world.admin.v1.audit.verify.$get({ query }));
const faultOf = async (query = {}) => {
  const { fault } = await verify(query);
  return fault === null ? null : { exit: exitCodeOfFault(fault.kind), sequence: fault.sequence };
};
const checkpoint = async (): Promise<string> => {
  await verify();
  return (await unwrap(world.admin.v1.audit.key.$get())).checkpoint ?? '';
};

describe('the control plane finds', () => {
  test('nothing in a record that nobody touched, and has signed all of it', async () => {
    const check = await verify({ anchor: await checkpoint(), reconcile: 'true' });
    expect(check).toMatchObject({ ok: true, fault: null, from: 1, mismatches: [] });
    expect(check.signedThrough).toBe(check.events);
  });

  test('an edited event: 10', async () => {
    tamper("update audit_events set reason = 'another' where sequence = 4");
    expect(await faultOf()).toEqual({ exit: 10, sequence: 4 });
  });

  test('a removed event: 11', async () => {
    tamper('delete from audit_events where sequence = 4');
    expect(await faultOf()).toEqual({ exit: 11, sequence: 5 });
  });

  test('a beginning that was removed without a prune on record: 11', async () => {
    tamper('delete from audit_events where sequence < 4');
    expect(await faultOf()).toEqual({ exit: 11, sequence: 4 });
  });

  test('events that changed places: 10, as each was hashed with its number', async () => {
    tamper(
      'update audit_events set sequence = -1 where sequence = 3; update audit_events set sequence = 3 where sequence = 4; update audit_events set sequence = 4 where sequence = -1',
    );
    expect(await faultOf()).toEqual({ exit: 10, sequence: 3 });
  });

  test('an event that was put in between, the others moved up: 10', async () => {
    tamper(
      `update audit_events set sequence = sequence + 1000 where sequence >= 4;
       insert into audit_events (${insertable}) select 4, ${insertable.slice('sequence, '.length)} from audit_events where sequence = 3;
       update audit_events set sequence = sequence - 999 where sequence > 1000`,
    );
    expect(await faultOf()).toEqual({ exit: 10, sequence: 4 });
  });

  test('an end that was cut off: 12', async () => {
    await checkpoint();
    tamper('delete from audit_events where sequence > 6');
    // The look itself is on record as event 7.
    expect(await faultOf()).toEqual({ exit: 12, sequence: 8 });
  });

  test('a checkpoint that was touched: 13', async () => {
    await checkpoint();
    const file = checkpointsFile(world.dataDir);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/time 2/, 'time 3'));
    expect(await faultOf()).toMatchObject({ exit: 13 });
  });

  test('a chain that was rewritten from an event on: 14', async () => {
    await checkpoint();
    tamper((database) => {
      database.exec("update audit_events set reason = 'another' where sequence = 4");
      rewriteAll(database);
    });
    expect(await faultOf()).toMatchObject({ exit: 14 });
  });

  test('triggers that are gone: 15', async () => {
    tamper('select 1', false);
    expect(await faultOf()).toEqual({ exit: 15, sequence: null });
  });

  test('a trigger that was replaced by one that does nothing: 15', async () => {
    tamper((database) => {
      database.exec('create trigger audit_events_no_update before update on audit_events begin select 1; end');
    }, false);
    expect(await faultOf()).toMatchObject({ exit: 15 });
  });

  test('rows that the record does not know: 16', async () => {
    tamper("update operations set state = 'succeeded'");
    const check = await verify({ reconcile: 'true' });
    expect(check.fault?.kind).toBe('mismatch');
    expect(check.mismatches).toMatchObject([{ what: 'operation that ended without its outcome' }]);
    expect((await verify()).ok).toBe(true);
  });
});

describe('a record that was rewritten whole and signed anew, with the stolen key', () => {
  test('is told by the anchor alone', async () => {
    const anchor = await checkpoint();
    const key = await signingKey(auditKeyFile(world.dataDir));
    let hashes: string[] = [];
    tamper((database) => {
      database.exec("update audit_events set actor = replace(actor, 'ada', 'eve')");
      hashes = rewriteAll(database);
    });
    const leaves = hashes.map((hash) => bytesOfHex(hash));
    const tree = await grown(emptyTree, leaves, hashBytes);
    const text = checkpointText({
      origin: key.verifier.name,
      size: hashes.length,
      root: base64Of(await rootOf(tree, hashBytes)),
      head: hashes.at(-1) ?? '',
      at: '2026-11-25T00:00:00.000Z',
      tree,
    });
    writeFileSync(checkpointsFile(world.dataDir), await key.note(text));
    await world.api.close();
    const again = await createWorld({ dataDir: world.dataDir });
    const admin = again.clientOf(world.adminToken);
    expect((await unwrap(admin.v1.audit.verify.$get({ query: {} }))).fault).toBeNull();
    const check = await unwrap(admin.v1.audit.verify.$get({ query: { anchor } }));
    expect(exitCodeOfFault(check.fault?.kind ?? 'edited')).toBe(14);
    await again.api.close();
  });
});

describe('at the start', () => {
  const startAgain = async () => {
    await world.api.close();
    const log: string[] = [];
    return await createWorld({ dataDir: world.dataDir, log: faultsInto(log) });
  };

  test.each([
    ['triggers are gone', 'select 1', false, 'triggers'],
    ['the end was cut off', 'delete from audit_events where sequence > 5', true, 'The end was cut off'],
    [
      'the last signed event is another',
      "update audit_events set hash = 'x' where sequence = (select max(sequence) from audit_events)",
      true,
      'not the one that was signed',
    ],
  ])('nothing is written when %s, and /readyz says why', async (_what, sql, keepTriggers, why) => {
    await checkpoint();
    await world.api.close();
    tamper(sql, keepTriggers);
    const again = await startAgain();
    const admin = again.clientOf(world.adminToken);
    await expect(plan(admin)).rejects.toMatchObject({ code: 'audit_unavailable' });
    const ready = await again.api.app.request('/readyz');
    expect(ready.status).toBe(503);
    expect(await ready.text()).toContain(why);
    expect((await unwrap(admin.v1.hosts.$get())).items).toHaveLength(3);
    expect((await unwrap(admin.v1.audit.$get({ query: {} }))).items.length).toBeGreaterThan(0);
    await again.api.close();
  });

  test('an intent whose outcome nobody can tell any more becomes unknown, once, and is told', async () => {
    const store = world.api.store;
    await store.commit({
      changes: [],
      events: [
        {
          action: 'audit.archived',
          actor: { kind: 'system', name: 'test' },
          source: 'cli',
          outcome: 'intent',
          cluster: null,
          target: { kind: 'archive', id: 'evt_1' },
          operation: null,
          reason: null,
          details: {},
        },
      ],
    });
    await world.api.close();
    for (let start = 0; start < 2; start += 1) {
      const log: string[] = [];
      const again = await createWorld({ dataDir: world.dataDir, log: faultsInto(log) });
      const admin = again.clientOf(world.adminToken);
      const { items } = await unwrap(admin.v1.audit.$get({ query: { q: 'outcome:unknown' } }));
      expect(items).toMatchObject([
        { target: { kind: 'archive', id: 'evt_1' }, details: { action: 'audit.archived' } },
      ]);
      expect(log.filter((line) => line.includes('is not known'))).toHaveLength(start === 0 ? 1 : 0);
      await again.api.close();
    }
  });
});

describe('an export alone shows', () => {
  const kept = { lines: [] as string[], key: '', anchor: '' };
  beforeEach(async () => {
    const stream = await unwrapStream(world.admin.v1.audit.export.$get({ query: {} }));
    kept.lines = (await new Response(stream).text()).trimEnd().split('\n');
    const { verifier, checkpoint: last } = await unwrap(world.admin.v1.audit.key.$get());
    Object.assign(kept, { key: verifier, anchor: last });
  });
  const check = async (lines: string[], anchor: string | null = null) => {
    const file = join(world.dataDir, 'export.ndjson');
    writeFileSync(file, `${lines.join('\n')}\n`);
    const { fault } = await checkFile({ file, verifier: kept.key, anchor, allowPartial: false });
    return fault === null ? 0 : exitCodeOfFault(fault.kind);
  };
  /** Where the events begin: behind the head and the checkpoints. */
  const first = () => kept.lines.findIndex((line) => line.startsWith('{"sequence"'));

  test('that it is whole, with the public key and nothing else', async () => {
    expect(await check(kept.lines)).toBe(0);
    expect(await check(kept.lines, kept.anchor)).toBe(0);
  });

  test('each tampering by its own code', async () => {
    const at = first();
    const edited = kept.lines.with(at + 4, (kept.lines[at + 4] ?? '').replace('"ada"', '"eve"'));
    expect(await check(edited)).toBe(10);
    expect(await check(kept.lines.toSpliced(at + 2, 1))).toBe(11);
    expect(await check(kept.lines.toSpliced(at + 2, 0, kept.lines[at + 1] ?? ''))).toBe(11);
    const swapped = kept.lines.toSpliced(at + 2, 2, kept.lines[at + 3] ?? '', kept.lines[at + 2] ?? '');
    expect(await check(swapped)).toBe(11);
    expect(await check(kept.lines.slice(0, -2))).toBe(12);
    expect(await check(kept.lines.map((line) => line.replace(String.raw`\ntime 2`, String.raw`\ntime 3`)))).toBe(13);
    expect(await check(kept.lines.toSpliced(1, at - 1))).toBe(17);
    expect(await check(kept.lines.toSpliced(1, at - 1), kept.anchor)).toBe(0);
    expect(await check(['not ours', ...kept.lines])).toBe(10);
  });

  test('a filtered one only when that is said', async () => {
    const stream = await unwrapStream(world.admin.v1.audit.export.$get({ query: { q: 'action:host.added' } }));
    const file = join(world.dataDir, 'some.ndjson');
    writeFileSync(file, await new Response(stream).text());
    const options = { file, verifier: kept.key, anchor: null };
    await expect(checkFile({ ...options, allowPartial: false })).rejects.toMatchObject({ code: 'invalid_input' });
    expect(await checkFile({ ...options, allowPartial: true })).toMatchObject({
      fault: null,
      events: 3,
      partial: true,
    });
  });
});
