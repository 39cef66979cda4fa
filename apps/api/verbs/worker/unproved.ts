import { and, desc, eq, isNotNull, notInArray, or } from 'drizzle-orm';
import { operations } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';
import { openStates } from '../operations/turn.ts';

/** More verifications of single networks in a row than this hide what was before them; then it is proved anew. */
const lookBack = 20;

/**
 * Whether the last thing that changed or proved a whole cluster did not succeed: an apply that stopped half way or
 * failed its verification, or a verification that failed. The next plan then proves again, also when nothing is left
 * to do, or a retry would be a success that nobody has looked at.
 */
export async function isUnproved(read: Reader, cluster: string): Promise<boolean> {
  const rows = await read
    .select({ state: operations.state, request: operations.request })
    .from(operations)
    .where(
      and(
        eq(operations.cluster, cluster),
        notInArray(operations.state, openStates),
        or(and(eq(operations.kind, 'apply'), isNotNull(operations.acceptedPlanDigest)), eq(operations.kind, 'verify')),
      ),
    )
    .orderBy(desc(operations.number))
    .limit(lookBack);
  const last = rows.find(({ request }) => request.kind !== 'verify' || request.networks.length === 0);
  return last === undefined ? rows.length > 0 : last.state !== 'succeeded';
}
