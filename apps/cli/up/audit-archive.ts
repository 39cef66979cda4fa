import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { type Checkpoint, parseCheckpoint } from '#core/audit/checkpoint.ts';
import { verifierText } from '#core/audit/signed-note.ts';
import { momentOf } from '#core/audit-query/moment.ts';
import { emptyQuery } from '#core/audit-query/query.ts';
import { AppError } from '#core/errors.ts';
import { newId } from '#core/ids.ts';
import { auditPage } from '#db/audit/page.ts';
import { checkFile } from '#cli/audit/check-file.ts';
import type { Session } from '#cli/session.ts';
import { byOsUser, type OwnRecord, withOwnRecord } from './own-record.ts';

export interface AuditArchiveOptions {
  out: string;
  data?: string;
  before?: string;
  reason?: string;
}

const batchRows = 2000;

/**
 * Writes a beginning of the record, up to a checkpoint, to a new file, checks that file as anybody could, and puts on
 * record that it was made. Nothing is removed. @throws AppError `invalid_input`, `not_found`, `conflict`
 */
export async function auditArchive(session: Session, options: AuditArchiveOptions): Promise<void> {
  const made = await withOwnRecord(options.data ?? session.config.dataDir, async (record) => {
    await record.keeper.checkpoint();
    const { through, notes } = await archived(record, options.before);
    const reason = options.reason ?? null;
    const target = { kind: 'archive', id: newId('evt') };
    const about = { through: through.size, hash: through.head };
    await record.store.commit({
      changes: [],
      events: [byOsUser({ action: 'audit.archived', outcome: 'intent', target, reason, details: about })],
    });
    await write(record, options.out, through, notes);
    const check = await checkFile({ file: options.out, verifier: null, anchor: null, allowPartial: false });
    if (check.fault !== null || check.head.hash !== through.head) throw notWhole(options.out, check.fault?.reason);
    const details = { ...about, events: check.events, sha256: await sha256Of(options.out) };
    await record.store.commit({
      changes: [],
      events: [byOsUser({ action: 'audit.archived', outcome: 'succeeded', target, reason, details })],
    });
    return { file: options.out, from: check.from, ...details };
  });
  session.show(made, () => [
    `${made.events} events, ${made.from} to ${made.through}, are in ${made.file} and were checked there.`,
    `Its SHA-256 is ${made.sha256}; that is on record.`,
  ]);
}

/** The checkpoint that an archive ends with, and those up to it. */
async function archived({ store, keeper }: OwnRecord, before: string | undefined) {
  const notes = await keeper.notes();
  const all = notes.flatMap((note) => parseCheckpoint(note) ?? []);
  const last = before === undefined ? Number.MAX_SAFE_INTEGER : await lastBefore(store, before);
  const through = all.findLast(({ size }) => size > 0 && size <= last);
  if (through === undefined) {
    throw new AppError('conflict', 'No checkpoint lies before that day', {
      done: 'Nothing was written.',
      next: 'Name a later day: an archive ends with a checkpoint.',
    });
  }
  return { through, notes: notes.filter((note) => (parseCheckpoint(note)?.size ?? 0) <= through.size) };
}

async function lastBefore(store: OwnRecord['store'], before: string): Promise<number> {
  const moment = momentOf(before, Date.now());
  if (moment === null)
    throw new AppError('invalid_input', `${before} is no day`, { next: 'Write it like 2026-10-01.' });
  const [row] = await store.query('select max(sequence) from audit_events where at < ?', [
    new Date(moment.from).toISOString(),
  ]);
  return Number(row?.[0] ?? 0);
}

async function write({ store, keeper }: OwnRecord, out: string, through: Checkpoint, notes: string[]): Promise<void> {
  const file = await open(out, 'wx', 0o600).catch((error: unknown) => {
    throw new AppError('invalid_input', `Cannot write ${out}: ${String(error)}`, {
      done: 'Nothing was archived.',
      next: 'Name a new file in a folder that you may write.',
    });
  });
  try {
    const head = { export: 'flotilla.audit.v1', key: verifierText(keeper.verifier), partial: false };
    const lines = (values: readonly unknown[]) => values.map((one) => `${JSON.stringify(one)}\n`).join('');
    await file.appendFile(lines([head, ...notes.map((checkpoint) => ({ checkpoint }))]));
    for (let cursor = 0; cursor < through.size;) {
      const page = { query: emptyQuery(), cursor, limit: batchRows, order: 'oldest' } as const;
      const events = await auditPage(store.query, page);
      await file.appendFile(lines(events.filter(({ sequence }) => sequence <= through.size)));
      cursor = events.at(-1)?.sequence ?? through.size;
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

const notWhole = (file: string, reason = 'it ends elsewhere'): AppError =>
  new AppError('audit_unavailable', `The archive ${file} is not whole: ${reason}`, {
    done: 'Nothing was removed from the record.',
    next: 'Look at the record with `flotilla audit verify`.',
  });
