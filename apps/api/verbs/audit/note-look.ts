import { commit, recordOf } from '../../commit.ts';
import type { Context } from '../../http/env.ts';

/**
 * Puts on record that somebody looked at the record: one event for each question, in the stream of its own. When it
 * cannot be written, people may look all the same (they are about to look for the reason), and the log says so.
 */
export async function noteLook(
  ctx: Context,
  action: 'audit.read' | 'audit.verified',
  details: Record<string, unknown>,
): Promise<void> {
  const events = [recordOf(ctx, { action, outcome: 'recorded', details })];
  await commit(ctx.deps, { changes: [], events }).catch((error: unknown) =>
    ctx.deps.log(`a look at the record is not on record: ${String(error)}`, { requestId: ctx.requestId }),
  );
}
