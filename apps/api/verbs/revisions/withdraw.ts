import { and, eq, inArray, sql } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import type { RevisionView } from '#core/wire.ts';
import { update } from '#db/change.ts';
import { noRow, someRow } from '#db/guard.ts';
import { operations, revisions } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import { commit, recordOf } from '../../commit.ts';
import type { Call } from '../../http/env.ts';
import { revisionRow, revisionViewFor } from '../../views/revision.ts';
import { openStates } from '../operations/turn.ts';

export interface WithdrawRevision {
  cluster: string;
  number: number;
  reason: string | null;
}

/** Takes a proposal back, so that the next edit does not build on it. @throws AppError `not_found`, `conflict` */
export async function withdrawRevision({ ctx, input }: Call<WithdrawRevision>): Promise<RevisionView> {
  const { cluster, number, reason } = input;
  await authorise(ctx, 'revision.withdraw', cluster);
  const { read } = ctx.deps.store;
  const row = await revisionRow(read, cluster, number);
  const isThis = and(eq(revisions.cluster, cluster), eq(revisions.number, number));
  await commit(ctx.deps, {
    expects: [
      someRow(
        'the revision is proposed',
        read
          .select({ number: revisions.number })
          .from(revisions)
          .where(and(isThis, eq(revisions.state, 'proposed'))),
        () => refusal(`Revision ${number} of ${cluster} is ${row.state}, so it cannot be withdrawn`),
      ),
      noRow(
        'no operation is about to use it',
        read
          .select({ id: operations.id })
          .from(operations)
          .where(
            and(
              eq(operations.cluster, cluster),
              inArray(operations.state, openStates),
              sql`json_extract(${operations.request}, '$.revision') = ${number}`,
            ),
          ),
        () => refusal(`An operation on revision ${number} of ${cluster} is not finished`),
      ),
    ],
    changes: [update(revisions).set({ state: 'withdrawn' }).where(isThis)],
    events: [
      recordOf(ctx, {
        action: 'revision.withdrawn',
        outcome: 'succeeded',
        cluster,
        target: { kind: 'revision', id: `${cluster}/${number}` },
        reason,
      }),
    ],
  });
  return revisionViewFor(ctx, await revisionRow(read, cluster, number));
}

const refusal = (message: string): AppError => new AppError('conflict', message, { done: 'Nothing was changed.' });
