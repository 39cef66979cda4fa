import { and, eq } from 'drizzle-orm';
import { parseCommand } from '#core/command/parse.ts';
import { AppError, orRefusal } from '#core/errors.ts';
import { update } from '#db/change.ts';
import { someRow } from '#db/guard.ts';
import type { Reader } from '#db/reader.ts';
import { operations } from '#db/schema/index.ts';
import { commit, recordOf } from '../../commit.ts';
import type { Context } from '../../http/env.ts';
import { clusterRow } from '../../views/cluster.ts';
import type { OperationRow } from '../../views/operation.ts';
import { revisionRow } from '../../views/revision.ts';
import { deliveryBehind } from '../../views/webhook.ts';
import { type Edit, proposalOf, proposeEdit } from '../clusters/edit.ts';
import { refusalOf } from '../clusters/target.ts';
import { before } from '../operations/turn.ts';
import { checkProposal } from '../revisions/propose.ts';

/*
 * A webhook says an edit, not a whole spec. It is proposed at once, so that what cannot be is refused to the sender; when
 * its turn comes after another change, its revision is overtaken, and the edit is made again on what is current then.
 * The operation stays the same one. What a person has seen the plan of is never made again.
 */

/** The operation with the edit made again where that is due; else, and where it cannot be made any more, as it is. */
export async function editInTurn(ctx: Context, row: OperationRow): Promise<OperationRow> {
  const edit = await overtakenEdit(ctx, row);
  if (edit === null || row.request.kind !== 'apply') return row;
  const own = asWhoAsked(ctx, row);
  const made = await orRefusal(proposeEdit(own, edit, { from: 'current' }));
  if (made instanceof AppError) return row;
  const { number } = made.row;
  const request = { ...row.request, revision: number };
  const asSeen = and(eq(operations.id, row.id), eq(operations.state, row.state), eq(operations.fence, row.fence));
  const { read } = ctx.deps.store;
  await commit(ctx.deps, {
    expects: [
      someRow('the operation is as it was seen', read.select({ id: operations.id }).from(operations).where(asSeen)),
    ],
    changes: [update(operations).set({ request }).where(eq(operations.id, row.id))],
    events: [
      recordOf(own, {
        action: 'operation.edited-in-turn',
        outcome: 'recorded',
        cluster: edit.cluster,
        target: { kind: 'operation', id: row.id },
        operation: row.id,
        details: { revision: number, insteadOf: row.request.revision },
      }),
    ],
  });
  return { ...row, request };
}

/** Why the edit of an overtaken webhook cannot be made on what is current; null where that is not the matter. */
export async function whyNotInTurn(ctx: Context, row: OperationRow): Promise<AppError | null> {
  const edit = await overtakenEdit(ctx, row);
  if (edit === null) return null;
  const why = await orRefusal(checkEdit(ctx.deps.store.read, edit));
  if (!(why instanceof AppError)) return null;
  const message = `What is current now leaves no room for this change: ${why.message}`;
  return new AppError(why.code, message, why.next === undefined ? {} : { next: why.next });
}

/** Whether the edit can be made on what is current; it is not made. */
const checkEdit = async (read: Reader, edit: Edit): Promise<void> =>
  await checkProposal(read, await proposalOf(read, edit, 'current'));

/** The edit of a webhook whose turn it is, and whose revision was overtaken meanwhile; null for every other operation. */
async function overtakenEdit(ctx: Context, row: OperationRow): Promise<Edit | null> {
  const { request, cluster: name } = row;
  const isOpen = request.kind === 'apply' && request.digest === null && row.acceptedPlanDigest === null;
  if (!isOpen || name === null) return null;
  const { read } = ctx.deps.store;
  const [cluster, revision] = [await clusterRow(read, name), await revisionRow(read, name, request.revision)];
  if (refusalOf(cluster, revision) === null || (await before(read, row).limit(1)).length > 0) return null;
  const delivery = await deliveryBehind(read, row);
  const parsed = parseCommand(delivery?.command ?? '');
  return parsed.ok ? { cluster: name, verb: parsed.intent.command, args: parsed.intent.args } : null;
}

/** The revision is of whoever sent the webhook, not of the worker that takes it up. */
const asWhoAsked = (ctx: Context, { actor }: OperationRow): Context => ({
  ...ctx,
  caller: { ...ctx.caller, actor, source: 'webhook' },
});
