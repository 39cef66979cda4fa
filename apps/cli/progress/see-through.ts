import type { Session } from '#cli/session.ts';
import { conclude } from './conclude.ts';
import { runToEnd, type RunOptions } from './run-to-end.ts';

/** Shows an operation until its end, with what it found; its view is the JSON document. Gives the exit code. */
export async function seeThrough(session: Session, operation: string, options: RunOptions = {}): Promise<number> {
  const ended = await runToEnd(session, operation, options);
  const exitCode = conclude(session, ended);
  session.show(ended.view, () => []);
  return exitCode;
}
