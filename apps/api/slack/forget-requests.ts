import { lt } from 'drizzle-orm';
import { dayMs } from '#core/length.ts';
import { deleteFrom } from '#db/change.ts';
import { slackRequests } from '#db/schema/index.ts';
import { commit, timeOf } from '../commit.ts';
import type { Deps } from '../deps.ts';

/** Slack's signatures are good for minutes, and events come again for an hour at most. */
const keptMs = dayMs;

/** Forgets requests that can not come again. */
export async function forgetSlackRequests(deps: Deps): Promise<void> {
  const isOld = lt(slackRequests.at, timeOf(deps.nowMs() - keptMs));
  const old = await deps.store.read.select({ key: slackRequests.key }).from(slackRequests).where(isOld).limit(1);
  if (old.length > 0) await commit(deps, { changes: [deleteFrom(slackRequests).where(isOld)], events: [] });
}
