import type { Change } from '#db/change.ts';
import { commit } from './commit.ts';
import type { Deps } from './deps.ts';

interface Old<Q> {
  /** Finds so many of what is older than it is kept, the oldest first. */
  find: (limit: number) => Q;
  /** So many are thrown out in one commit, so that nobody waits long for his own. */
  batchMax: number;
  remove: (found: Q) => Change;
}

/** Throws out a batch of what is old, without a trace on record. Writes nothing while there is nothing to do. */
export async function throwOut<Q extends PromiseLike<readonly unknown[]>>(
  deps: Deps,
  { find, batchMax, remove }: Old<Q>,
): Promise<void> {
  if ((await find(1)).length > 0) await commit(deps, { changes: [remove(find(batchMax))], events: [] });
}
