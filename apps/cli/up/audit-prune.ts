import { verifierText } from '#core/audit/signed-note.ts';
import { AppError } from '#core/errors.ts';
import { newId } from '#core/ids.ts';
import { pruneRecord } from '#db/audit/prune.ts';
import { checkFile, type FileCheck } from '#cli/audit/check-file.ts';
import { agree } from '#cli/input/agree.ts';
import type { Session } from '#cli/session.ts';
import { sha256Of } from './audit-archive.ts';
import { byOsUser, type OwnRecord, withOwnRecord } from './own-record.ts';

export interface AuditPruneOptions {
  archive: string;
  data?: string;
  reason?: string;
  yes?: boolean;
}

/**
 * Removes from the database what an archive holds: a beginning, never all. The archive is checked first, must be the
 * very file that is on record as made, and must hold what is here. @throws AppError `conflict`, `invalid_input`
 */
export async function auditPrune(session: Session, options: AuditPruneOptions): Promise<void> {
  const dataDir = options.data ?? session.config.dataDir;
  const pruned = await withOwnRecord(dataDir, async (record) => {
    const verifier = verifierText(record.keeper.verifier);
    const check = await checkFile({ file: options.archive, verifier, anchor: null, allowPartial: false });
    if (check.fault !== null) throw refused(`the archive does not hold: ${check.fault.reason}`);
    const sha256 = await sha256Of(options.archive);
    await mustBeOurs(record, check, sha256);
    await agree(
      session,
      options.yes === true,
      `Remove ${check.events} events, ${check.from} to ${check.head.sequence}?`,
    );
    const event = byOsUser({
      action: 'audit.pruned',
      outcome: 'succeeded',
      target: { kind: 'prune', id: newId('evt') },
      reason: options.reason ?? null,
      details: { through: check.head.sequence, hash: check.head.hash, events: check.events, archive: sha256 },
    });
    pruneRecord({ path: record.path, now: Date.now, through: check.head, event });
    return { events: check.events, through: check.head.sequence };
  });
  session.show(pruned, () => [
    `${pruned.events} events were removed; the record begins with event ${pruned.through + 1} now.`,
    'Keep the archive and its checkpoints: nothing else can show what was before.',
  ]);
}

async function mustBeOurs({ store }: OwnRecord, { head, from }: FileCheck, sha256: string): Promise<void> {
  const [first] = await store.query('select min(sequence) from audit_events', []);
  if (Number(first?.[0]) !== from)
    throw refused(`the record begins with event ${Number(first?.[0])}, the archive with ${from}`);
  const [row] = await store.query('select hash from audit_events where sequence = ?', [head.sequence]);
  if (row?.[0] !== head.hash) throw refused(`event ${head.sequence} is not the same in both`);
  const [made] = await store.query(
    `select sequence from audit_events where action = 'audit.archived' and outcome = 'succeeded'
      and json_extract(details, '$.sha256') = ?`,
    [sha256],
  );
  if (made === undefined) throw refused('no archive with this content is on record');
  if (Number(made[0]) <= head.sequence) throw refused('its own event would be removed with it');
}

const refused = (why: string): AppError =>
  new AppError('conflict', `Nothing is pruned: ${why}`, {
    done: 'Nothing was removed.',
    next: 'Make an archive with `flotilla audit archive`, and prune by that.',
  });
