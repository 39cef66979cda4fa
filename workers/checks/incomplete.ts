import { nameList } from '#core/name-list.ts';
import type { Finding } from '#core/finding.ts';
import type { CheckResult } from '#core/verification.ts';
import { withStop } from '#core/sentence.ts';

/** Why not everything could be seen, what is known all the same, and what is not. */
export function incompleteSentence(checks: readonly CheckResult[], cause?: Finding): string {
  const count = (result: CheckResult['result']): number => checks.filter((check) => check.result === result).length;
  const unknown = checks.filter(({ result }) => result === 'unknown');
  const unseen = new Set(unknown.filter(({ check }) => check === 'engine').map(({ from }) => from));
  const of = unseen.size === 0 ? '' : `, and nothing is known of ${nameList([...unseen])}`;
  const counted = `${count('ok')} of ${checks.length} checks passed and none failed; ${unknown.length} could not be made${of}`;
  if (cause !== undefined) return `${cause.message} ${counted}.`;
  return `${counted}: ${withStop(unknown[0]?.detail ?? 'no reason known')}`;
}
