import { junitOfOperation } from '#core/reports/operation-junit.ts';
import { reportOfVerification } from '#core/reports/report.ts';
import { apiOf } from '#cli/api.ts';
import { reportText } from '#cli/output/report-text.ts';
import { conclude } from '#cli/progress/conclude.ts';
import { type Ended, runToEnd } from '#cli/progress/run-to-end.ts';
import type { Session } from '#cli/session.ts';
import { pickOperation } from './pick-operation.ts';

/**
 * Follows an operation from its first event to its end, also one that has ended long ago. As JUnit the document is what
 * its verification found, or its steps where it did not get so far.
 */
export async function opsWatch(session: Session, id: string): Promise<number> {
  const operation = await pickOperation(apiOf(session), id);
  const ended = await runToEnd(session, operation, { showPlan: { known: [] } });
  const exitCode = conclude(session, ended);
  session.show(ended.view, () => fileOf(session, ended));
  return exitCode;
}

function fileOf({ flags: { output } }: Session, { view, progress: { verification } }: Ended): string[] {
  if (output === 'table') return [];
  const { id, cluster } = view;
  if (verification === null) return output === 'junit' ? [junitOfOperation(view).trimEnd()] : [];
  const report = reportOfVerification({
    id,
    cluster: cluster ?? '',
    operation: id,
    at: verification.startedAt,
    verification,
  });
  return reportText(output, report);
}
