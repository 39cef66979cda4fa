import { withMoments } from '#core/moments.ts';
import { exitCodeOfFault, type RecordFault, textOfFault } from '#core/audit/faults.ts';
import { apiOf } from '#cli/api.ts';
import { checkFile } from '#cli/audit/check-file.ts';
import { orNotChecked } from '#cli/audit/not-checked.ts';
import { readText } from '#cli/input/read-file.ts';
import type { Session } from '#cli/session.ts';

export interface AuditVerifyOptions {
  file?: string;
  key?: string;
  anchor?: string;
  reconcile?: boolean;
  partial?: boolean;
}

interface Checked {
  fault: RecordFault | null;
  events: number;
  from: number;
  head: string;
  signedThrough: number;
  checkpoints: number;
  key: string | null;
  remarks: string[];
}

/**
 * Checks the record: the control plane's own, or an export without it. Exit code 0 when it is whole, 10 to 17 for what
 * was found (docs/audit.md), 1 when it could not be looked at.
 */
export async function auditVerify(session: Session, options: AuditVerifyOptions): Promise<number> {
  const anchor = options.anchor === undefined ? null : await readText(options.anchor);
  const checked =
    options.file === undefined
      ? await orNotChecked(byControlPlane(session, anchor, options.reconcile === true))
      : await byFile(options.file, anchor, options);
  const { remarks, ...result } = checked;
  session.show({ ok: checked.fault === null, ...result }, () => [...linesOf(session, checked), ...remarks]);
  return checked.fault === null ? 0 : exitCodeOfFault(checked.fault.kind);
}

async function byControlPlane(session: Session, anchor: string | null, reconcile: boolean): Promise<Checked> {
  const { client, ask } = apiOf(session);
  const query = { reconcile: reconcile ? 'true' : 'false', ...(anchor === null ? {} : { anchor }) } as const;
  const seen = await ask(client.v1.audit.verify.$get({ query }));
  const remarks = seen.mismatches.map(({ what, id }) => `  ${what}: ${id}`);
  return { ...seen, remarks };
}

async function byFile(file: string, anchor: string | null, options: AuditVerifyOptions): Promise<Checked> {
  const verifier = options.key === undefined ? null : await keyText(options.key);
  const check = await checkFile({ file, verifier, anchor, allowPartial: options.partial === true });
  const remarks = [
    ...(check.keyFromExport && check.key !== null
      ? [`  The key is the one in the export. Compare it with the one you kept, or give that with --key: ${check.key}`]
      : []),
    ...(check.partial ? ['  The export was filtered: each event is as it was written, others may be missing.'] : []),
  ];
  return { ...check, head: check.head.hash, remarks };
}

/** A key is given as it is, or as the file that holds it. */
const keyText = async (text: string): Promise<string> =>
  /^[^\s+]+\+[0-9a-f]{8}\+/.test(text) ? text : (await readText(text)).trim();

function linesOf({ out: { paint } }: Session, checked: Checked): string[] {
  const { fault, events, from, head, signedThrough, checkpoints } = checked;
  if (fault !== null) {
    const at = fault.sequence === null ? '' : ` at event ${fault.sequence}`;
    return [
      `${paint.red('✗')} ${textOfFault(fault.kind)}${at}. ${withMoments(fault.reason)}`,
      `  ${events} events before that are whole. Signed through event ${signedThrough}.`,
      '  Next: compare with an export, a backup or a checkpoint that was kept elsewhere (docs/audit.md).',
    ];
  }
  const since = from > 1 ? `Verified from event ${from}; what was before is archived. ` : '';
  return [
    `${paint.green('✓')} ${since}${events} events, each fits the one before. Signed through event ${signedThrough} (${checkpoints} checkpoints).`,
    `  Head: ${head}`,
  ];
}
