import type { Decision } from '#core/plan.ts';
import type { OperationView } from '#core/wire.ts';
import { apiOf } from '#cli/api.ts';
import { clean } from '#cli/output/clean.ts';
import { planLines } from '#cli/output/plan-view.ts';
import type { Session } from '#cli/session.ts';
import { awaitedLines } from './awaited.ts';
import { applyEvent } from './apply-event.ts';
import { displayFor } from './display.ts';
import { follow } from './follow.ts';
import { leftRunning } from './interrupted.ts';
import { hasEnded, nothingYet, type Progress } from './progress.ts';

export interface Ended {
  view: OperationView;
  progress: Progress;
}

export interface RunOptions {
  /** Print the plan when it is made, before its steps; but for the decisions that were known before. */
  showPlan?: { known: Decision[] };
  /** End with a line that sums up; the default. Not for a look that is followed by what was seen. */
  summary?: boolean;
}

/**
 * Shows an operation until it has ended. Ctrl-C leaves it running.
 * @throws Interrupted, and AppError when the control plane stays away.
 */
export async function runToEnd(
  session: Session,
  operation: string,
  { showPlan, summary = true }: RunOptions = {},
): Promise<Ended> {
  const { client, ask, events } = apiOf(session);
  const left = new AbortController();
  const leave = (): void => left.abort();
  process.once('SIGINT', leave);
  const display = displayFor(session);
  let progress = nothingYet();
  try {
    const open = (afterId: number, signal: AbortSignal) => events(operation, afterId, signal);
    for await (const followed of follow({ operation, open, signal: left.signal })) {
      if (followed.kind !== 'event') {
        display.away(followed.kind === 'away' ? followed.forMs : null);
        continue;
      }
      const event = clean(followed.event);
      progress = applyEvent(progress, event);
      if (showPlan !== undefined && event.body.type === 'planned')
        display.print([
          ...planLines(event.body.plan, {
            ...session.talkLayout(),
            verbose: session.flags.verbose === true,
            ...showPlan,
          }),
          '',
        ]);
      display.update(progress);
      if (event.body.type === 'state' && event.body.state === 'awaiting-approval')
        display.print(await awaitedLines(session, operation));
    }
  } catch (error) {
    throw left.signal.aborted && !hasEnded(progress) ? leftRunning(operation) : error;
  } finally {
    process.off('SIGINT', leave);
    display.close(summary);
  }
  const view = await ask(client.v1.operations[':id'].$get({ param: { id: operation }, query: {} }));
  return { view, progress };
}
