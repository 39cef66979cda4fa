import { and, eq } from 'drizzle-orm';
import { type Approval, approvalsCounted, countSentence, type Vote } from '#core/approval/approval.ts';
import { type Cast, castVote } from '#core/approval/vote.ts';
import type { AuditDraft } from '#core/audit.ts';
import { AppError } from '#core/errors.ts';
import { type Change, update } from '#db/change.ts';
import { someRow } from '#db/guard.ts';
import { approvals, operations } from '#db/schema/index.ts';
import type { Unit } from '#db/store.ts';
import { authorise } from '../../access.ts';
import { commit, nextEvent, recordOf, timeOf } from '../../commit.ts';
import { type Call, type Context, personOf } from '../../http/env.ts';
import { onRecord } from '../../on-record.ts';
import { approvalNamed, asSeen } from '../../views/approval.ts';
import { operationRow, type OperationRow } from '../../views/operation.ts';
import { tell } from '../notices/tell.ts';
import { endingOf, type EndingParts } from '../operations/ending.ts';
import { originOf } from './origin.ts';
import { anotherPlan, refusalOf } from './refusals.ts';
import { withStop } from '#core/sentence.ts';

export interface CastVote {
  /** Id, operation, or the beginning of the plan's digest. */
  approval: string;
  /** The plan that the voter saw; another one now is refused. Null where the approval is named by the plan itself. */
  digest?: string | null;
  verdict: Vote['verdict'];
  /** The name of the cluster, as the person typed it. */
  confirm: string | null;
  reason: string | null;
}

const triesMax = 5;

/**
 * Approves or denies what an operation is about to do. The last vote that is needed queues the operation; a denial ends
 * it. @throws AppError `not_found`, `forbidden` for whoever made the change, `conflict` when it is over or voted on
 */
export async function vote({ ctx, input }: Call<CastVote>): Promise<Approval> {
  const { read } = ctx.deps.store;
  const { id, cluster } = await approvalNamed(read, input.approval);
  await authorise(ctx, input.verdict === 'approve' ? 'plan.approve' : 'plan.deny', cluster);
  for (let attempt = 1; ; attempt++) {
    const approval = await approvalNamed(read, id);
    if (input.digest != null && input.digest !== approval.digest) throw anotherPlan(approval);
    const result = castVote(approval, await castBy(ctx, input));
    if (result.kind === 'refused') {
      // On record too: whoever tries to approve himself is seen.
      const refused = recordOn(ctx, approval, {
        action: 'approval.refused',
        outcome: 'denied',
        details: { why: result.why },
      });
      await commit(ctx.deps, { changes: [], events: [refused] });
      throw onRecord(refusalOf(approval, result.why));
    }
    const row = await operationRow(read, approval.operation);
    try {
      await commit(ctx.deps, await unitOf(ctx, row, { before: approval, after: result.approval }), [row.id]);
      return await approvalNamed(read, id);
    } catch (error) {
      // Somebody else voted, or the operation moved on, between the look and the commit.
      if (!(error instanceof AppError && error.code === 'conflict') || attempt === triesMax) throw error;
    }
  }
}

async function castBy(ctx: Context, { verdict, confirm, reason }: CastVote): Promise<Cast> {
  const { actor } = ctx.caller;
  const person = personOf(ctx.caller) ?? '';
  const at = timeOf(ctx.deps.nowMs());
  const via = actor.kind === 'person' ? actor.via : '';
  return {
    vote: { verdict, person, name: actor.name, via, at, reason },
    confirm,
    origin: await originOf(ctx.deps.store.read, ctx.caller),
  };
}

interface Step {
  before: Approval;
  after: Approval;
}

async function unitOf(ctx: Context, row: OperationRow, { before, after }: Step): Promise<Unit> {
  const { read } = ctx.deps.store;
  const last = after.votes.at(-1);
  const isDenied = last?.verdict === 'deny';
  const asItWas = read
    .select({ id: operations.id })
    .from(operations)
    .where(and(eq(operations.id, row.id), eq(operations.state, row.state)));
  const parts = isDenied ? await denied(ctx, row, last) : approved(ctx, row, after);
  return {
    expects: [asSeen(read, before), someRow('the operation is as it was seen', asItWas)],
    changes: [
      update(approvals)
        .set({ votes: after.votes, version: after.version, state: after.state })
        .where(eq(approvals.id, after.id)),
      ...parts.changes,
      ...toldMakers(ctx, row, after),
    ],
    events: [
      recordOn(ctx, after, {
        action: isDenied ? 'plan.denied' : 'plan.approved',
        outcome: 'succeeded',
        reason: last?.reason ?? null,
        details: { digest: after.digest, risk: after.risk, given: approvalsCounted(after), required: after.required },
      }),
      ...parts.events,
    ],
    dispatch: parts.dispatch,
  };
}

/** With the last vote that was needed the operation takes its place in the queue again. */
function approved(ctx: Context, { id, state }: OperationRow, after: Approval): EndingParts {
  if (after.state !== 'approved' || state !== 'awaiting-approval') return { changes: [], events: [], dispatch: [] };
  const at = timeOf(ctx.deps.nowMs());
  return {
    changes: [
      update(operations).set({ state: 'queued' }).where(eq(operations.id, id)),
      nextEvent(id, at, { type: 'state', state: 'queued', error: null }),
    ],
    events: [],
    dispatch: [id],
  };
}

/** The operation is over, but for one that a worker looks at just now: that one finds the denial when it plans. */
async function denied(ctx: Context, row: OperationRow, { name, reason }: Vote): Promise<EndingParts> {
  if (row.state === 'running') return { changes: [], events: [], dispatch: [] };
  const error = {
    code: 'approval_denied',
    message: withStop(`${name} denied it${reason === null ? '' : `: ${reason}`}`),
    done: 'Nothing was changed on any host.',
    next: `Talk to ${name}, and propose the change anew.`,
  };
  return await endingOf(ctx, row, { state: 'blocked', error }, timeOf(ctx.deps.nowMs()));
}

function toldMakers(ctx: Context, row: OperationRow, after: Approval): Change[] {
  const last = after.votes.at(-1);
  if (last === undefined) return [];
  const { cluster, operation, makers } = after;
  const what = last.verdict === 'deny' ? 'denied' : 'approved';
  const rest = last.verdict === 'deny' ? (last.reason ?? 'no reason was given') : countSentence(after);
  const message = `${last.name} ${what} the plan of ${row.id} for ${cluster}: ${rest}.`;
  return tell(ctx, makers, { kind: `plan.${what}`, message, cluster, operation });
}

const recordOn = (
  ctx: Context,
  { id, cluster, operation }: Approval,
  draft: Pick<AuditDraft, 'action' | 'outcome'> & Partial<Pick<AuditDraft, 'reason' | 'details'>>,
): AuditDraft => recordOf(ctx, { ...draft, cluster, operation, target: { kind: 'approval', id } });
