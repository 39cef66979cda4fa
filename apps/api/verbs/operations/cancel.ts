import { and, eq } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import { isFinished, type Operation } from '#core/operation.ts';
import { update } from '#db/change.ts';
import { someRow } from '#db/guard.ts';
import { operations } from '#db/schema/index.ts';
import type { Unit } from '#db/store.ts';
import { authorise } from '../../access.ts';
import { commit, recordOf, timeOf } from '../../commit.ts';
import type { Call, Context } from '../../http/env.ts';
import { operationOf, operationRow, type OperationRow } from '../../views/operation.ts';
import { endingOf } from './ending.ts';

export interface CancelOperation {
  id: string;
  reason: string | null;
}

const triesMax = 3;

/**
 * A queued operation is over at once; a running one stops before its next step. Asking twice changes nothing.
 * @throws AppError `not_found`, `conflict` when it has ended.
 */
export async function cancelOperation({ ctx, input }: Call<CancelOperation>): Promise<Operation> {
  const { read } = ctx.deps.store;
  const { cluster } = await operationRow(read, input.id);
  await authorise(ctx, 'operation.cancel', cluster);
  for (let attempt = 1; ; attempt++) {
    const row = await operationRow(read, input.id);
    if (isFinished(row.state)) throw overAlready(row);
    if (row.cancelRequested) return operationOf(row);
    try {
      await commit(ctx.deps, await unitOf(ctx, row, input), [row.id]);
      return operationOf(await operationRow(read, row.id));
    } catch (error) {
      // A worker took it up, or ended it, between the look and the commit.
      if (!(error instanceof AppError && error.code === 'conflict') || attempt === triesMax) throw error;
    }
  }
}

async function unitOf(ctx: Context, row: OperationRow, { reason }: CancelOperation): Promise<Unit> {
  const { id, state, cluster } = row;
  const query = ctx.deps.store.read
    .select({ id: operations.id })
    .from(operations)
    .where(and(eq(operations.id, id), eq(operations.state, state)));
  const asked = recordOf(ctx, {
    action: 'operation.cancel-requested',
    outcome: 'intent',
    cluster,
    target: { kind: 'operation', id },
    operation: id,
    reason,
  });
  const flag = update(operations).set({ cancelRequested: true }).where(eq(operations.id, id));
  const expects = [someRow('the operation is as it was seen', query)];
  if (state === 'running') return { expects, changes: [flag], events: [asked] };
  const error = {
    code: 'cancelled',
    message: 'Cancelled before it started.',
    done: 'Nothing was changed on any host.',
  };
  const at = timeOf(ctx.deps.nowMs());
  const { changes, events, dispatch } = await endingOf(ctx, row, { state: 'cancelled', error }, at);
  return { expects, changes: [flag, ...changes], events: [asked, ...events], dispatch };
}

const overAlready = ({ id, state }: OperationRow): AppError =>
  new AppError(
    'conflict',
    `Operation ${id} ${state === 'cancelled' || state === 'blocked' ? 'was' : 'has'} ${state} already`,
    {
      done: 'Nothing was changed.',
    },
  );
