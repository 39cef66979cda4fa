import { and, desc, eq, inArray, lt, sql } from 'drizzle-orm';
import { operations } from '#db/schema/index.ts';
import { currentPolicy } from '../../policies.ts';
import { recordOf } from '../../commit.ts';
import type { Context } from '../../http/env.ts';
import type { OperationRow } from '../../views/operation.ts';
import { whoMay } from '../approvals/approvers.ts';
import { tell } from '../notices/tell.ts';
import type { Ending } from '../operations/ending.ts';
import type { Effect } from './effect.ts';

/** So many that did not pass are counted; there were more of them, or as many. */
const lookBack = 1000;
const judged = ['succeeded', 'failed', 'blocked'] as const;
const none: Effect = { changes: [], events: [] };

/**
 * Nobody waits for a verification that started by itself: when one does not pass after one that did, or passes again,
 * that is on record, and everybody who may verify there is told. Once each, however long it stays so.
 */
export async function turned(ctx: Context, row: OperationRow, { state, error }: Ending): Promise<Effect> {
  const { cluster, actor } = row;
  if (row.kind !== 'verify' || actor.kind !== 'schedule' || cluster === null || state === 'cancelled') return none;
  const before = await earlier(ctx, row, cluster);
  const firstPassed = before.findIndex((one) => one.state === 'succeeded');
  const failed = firstPassed === -1 ? before : before.slice(0, firstPassed);
  const isWell = state === 'succeeded';
  if (isWell === (failed.length === 0)) return none;
  const since = failed.at(-1)?.endedAt ?? null;
  const message = isWell
    ? `${cluster} is proved again (${actor.name}), after ${countOf(failed.length)} that did not pass, since ${since ?? 'then'}.`
    : `${cluster} is not proved any more (${actor.name}): ${error?.message ?? 'the verification failed.'} Look: \`flotilla reports show ${cluster}\`.`;
  const action = isWell ? 'verification.recovered' : 'verification.broken';
  const { policy } = await currentPolicy(ctx.deps.store.read);
  const whom = await whoMay(ctx.deps, policy, 'cluster.verify', cluster);
  return {
    changes: tell(ctx, whom, { kind: action, message, cluster, operation: row.id }),
    events: [
      recordOf(ctx, {
        action,
        outcome: 'recorded',
        cluster,
        target: { kind: 'cluster', id: cluster },
        operation: row.id,
        details: { kind: row.kind, message, ...(isWell ? { failed: failed.length, since } : { code: error?.code }) },
      }),
    ],
  };
}

/** How those ended that started by themselves before it, the newest first. */
const earlier = ({ deps }: Context, { number }: OperationRow, cluster: string) =>
  deps.store.read
    .select({ state: operations.state, endedAt: operations.endedAt })
    .from(operations)
    .where(
      and(
        eq(operations.cluster, cluster),
        eq(operations.kind, 'verify'),
        eq(sql`json_extract(${operations.actor}, '$.kind')`, 'schedule'),
        inArray(operations.state, [...judged]),
        lt(operations.number, number),
      ),
    )
    .orderBy(desc(operations.number))
    .limit(lookBack);

function countOf(count: number): string {
  if (count === 1) return 'one verification';
  return `${count < lookBack ? count : `${lookBack} or more`} verifications`;
}
