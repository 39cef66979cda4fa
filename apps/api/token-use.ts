import { eq } from 'drizzle-orm';
import { update } from '#db/change.ts';
import { tokens } from '#db/schema/index.ts';
import { timeOf } from './commit.ts';
import type { Deps } from './deps.ts';

/** How old `last used` may be: one write for all uses of so long. */
const coarseMs = 5 * 60_000;

const writing = new Set<string>();

/** Keeps when a token was last used, now and then and beside the request: nobody waits for it, and it may be lost. */
export function noteUse(deps: Deps, { id, lastUsedAt }: { id: string; lastUsedAt: string | null }): void {
  const nowMs = deps.nowMs();
  if (writing.has(id) || (lastUsedAt !== null && nowMs - Date.parse(lastUsedAt) < coarseMs)) return;
  writing.add(id);
  const used = update(tokens)
    .set({ lastUsedAt: timeOf(nowMs) })
    .where(eq(tokens.id, id));
  void deps.store
    .commit({ changes: [used], events: [] })
    .catch(() => undefined)
    .finally(() => writing.delete(id));
}
