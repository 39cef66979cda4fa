import { exitCodeOf, isErrorCode } from '#core/errors.ts';
import type { Finding } from '#core/finding.ts';
import type { Preflight } from '#core/preflight.ts';
import { undoRevision } from '#core/undo.ts';
import type { OperationView } from '#core/wire.ts';
import { clean } from '#cli/output/clean.ts';
import { failureLines } from '#cli/output/failure-view.ts';
import { findingsLines } from '#cli/output/finding-view.ts';
import { layoutOf } from '#cli/output/terminal.ts';
import { preflightLines } from '#cli/output/preflight-view.ts';
import { verificationLines } from '#cli/output/verification-view.ts';
import type { Session } from '#cli/session.ts';
import type { Progress } from './progress.ts';
import type { Ended } from './run-to-end.ts';

const failed = exitCodeOf('step_failed');

/** What the exit code of a command says of the operation that it waited for. */
export function exitCodeOfOperation({ state, error }: Pick<OperationView, 'state' | 'error'>): number {
  if (state === 'succeeded') return 0;
  if (state === 'cancelled') return exitCodeOf('cancelled');
  const exitCode = error !== null && isErrorCode(error.code) ? exitCodeOf(error.code) : failed;
  // An image that is nowhere and a port that is taken may be seen while it is planned, or by the step that wants them.
  if (state === 'blocked' && error?.code === 'image_not_found') return exitCodeOf('plan_refused');
  return state === 'failed' && exitCode === exitCodeOf('plan_refused') ? failed : exitCode;
}

/** Says what an ended operation found and why it did not succeed; gives the exit code. */
export function conclude(session: Session, { view, progress }: Ended): number {
  const layout = session.talkLayout();
  const verbose = session.flags.verbose === true;
  if (isOfHost(view) && view.state === 'succeeded' && progress.notes.length > 0) session.say(['', ...progress.notes]);
  if (progress.verification !== null)
    session.say(['', ...verificationLines(progress.verification, { ...layout, verbose })]);
  const { preflight } = progress;
  if (preflight !== null && tellsPreflight(view, preflight, verbose))
    session.say(['', ...preflightLines(preflight, { ...layout, verbose })]);
  const findings = loneFindings(progress);
  if (findings.length > 0) session.say(['', ...findingsLines(findings, { ...layout, verbose })]);
  if (view.state !== 'succeeded' && view.error !== null)
    session.err.write(
      `${failureLines({ ...clean(view.error), undo: undoText(view) }, layoutOf(session.err)).join('\n')}\n`,
    );
  const undo = undoText(view);
  if (view.state === 'succeeded' && undo !== undefined) session.say(['', `Undo: ${undo}`]);
  // Not everything could be seen: no failure of the operation, and yet no proof.
  const isUnproved =
    view.state === 'succeeded' && progress.verification !== null && progress.verification.verdict !== 'passed';
  return isUnproved ? exitCodeOf('verification_failed') : exitCodeOfOperation(view);
}

/** One that was only the start of an apply, and that nothing was wrong with, is no news: also where the apply failed later. */
export const tellsPreflight = (
  { kind, state }: Pick<OperationView, 'kind' | 'state'>,
  { verdict }: Pick<Preflight, 'verdict'>,
  verbose: boolean,
): boolean => kind === 'preflight' || verbose || (state !== 'succeeded' && verdict !== 'passed');

/** Operations without steps and reports: what they did is told by their notes. */
const isOfHost = ({ kind }: OperationView): boolean =>
  kind === 'clean-host' || kind === 'pin-host' || kind === 'set-host';

function undoText(view: OperationView): string | undefined {
  const revision = undoRevision(view);
  return revision === null ? undefined : `flotilla rollback ${revision} --cluster ${view.cluster ?? ''}`;
}

/** Findings of the operation and of its failed steps, without those that the verification or the preflight told already. */
function loneFindings({ findings, steps, verification, preflight }: Progress): Finding[] {
  const ofSteps = steps.flatMap(({ outcome }) => {
    if (outcome?.kind === 'blocked') return [outcome.finding];
    return outcome?.kind === 'failed' ? outcome.findings : [];
  });
  const keyOf = (finding: Finding): string =>
    JSON.stringify([finding.id, finding.hosts, finding.direction, finding.message]);
  const told = new Set([...(verification?.findings ?? []), ...(preflight?.findings ?? [])].map(keyOf));
  return [...findings, ...ofSteps].filter((finding) => {
    const key = keyOf(finding);
    const isNew = !told.has(key);
    told.add(key);
    return isNew;
  });
}
