import { and, eq, inArray, sql } from 'drizzle-orm';
import { type ApprovalState, pendingStates } from '#core/approval/approval.ts';
import type { AuditDraft } from '#core/audit.ts';
import { isChanging, type OperationError, type OperationState } from '#core/operation.ts';
import { type Change, update } from '#db/change.ts';
import { approvals, operations, revisions } from '#db/schema/index.ts';
import { nextEvent, recordOf } from '../../commit.ts';
import type { Context } from '../../http/env.ts';
import type { OperationRow } from '../../views/operation.ts';
import { nextAfter } from './turn.ts';

export interface Ending {
  state: Extract<OperationState, 'succeeded' | 'failed' | 'blocked' | 'cancelled'>;
  error: OperationError | null;
}

export interface EndingParts {
  changes: Change[];
  events: AuditDraft[];
  dispatch: string[];
}

/** What the commit that ends an operation holds: its state, its last event, the outcome on record, who is next. */
export async function endingOf(ctx: Context, row: OperationRow, ending: Ending, at: string): Promise<EndingParts> {
  const { state, error } = ending;
  const next = await nextAfter(ctx.deps.store.read, row);
  return {
    changes: [
      update(operations)
        .set({ state, error, endedAt: at, leaseHolder: null, leaseExpiresMs: null, leaseRenewedMs: null })
        .where(eq(operations.id, row.id)),
      nextEvent(row.id, at, { type: 'state', state, error }),
      ...(isChanging(row.kind) ? approvalEnds(ctx, row, error, at) : []),
    ],
    events: [
      recordOf(ctx, {
        action: 'operation.ended',
        outcome: outcomes[state],
        cluster: row.cluster,
        target: { kind: 'operation', id: row.id },
        operation: row.id,
        reason: row.reason,
        details: { kind: row.kind, state, ...(error === null ? {} : { code: error.code, message: error.message }) },
      }),
    ],
    dispatch: next === null ? [] : [next],
  };
}

/** What it means for the approval, if there is one that still waits, and for the proposal. */
function approvalEnds(ctx: Context, row: OperationRow, error: OperationError | null, at: string): Change[] {
  const state: ApprovalState = approvalAfter[error?.code ?? ''] ?? 'cancelled';
  const closed = { state, closedAt: at, closedBy: ctx.caller.actor, reason: error?.message ?? null };
  const { request, cluster } = row;
  const rejects = (state === 'denied' || state === 'expired') && request.kind === 'apply' && cluster !== null;
  return [
    update(approvals)
      .set({ ...closed, version: sql`${approvals.version} + 1` })
      .where(
        and(eq(approvals.operation, row.id), inArray(approvals.state, [...pendingStates, ...(rejects ? [state] : [])])),
      ),
    // A change that was not approved is no proposal any more, or the next edit would carry it in.
    ...(rejects
      ? [
          update(revisions)
            .set({ state })
            .where(
              and(
                eq(revisions.cluster, cluster),
                eq(revisions.number, request.revision),
                eq(revisions.state, 'proposed'),
              ),
            ),
        ]
      : []),
  ];
}

const approvalAfter: Partial<Record<string, ApprovalState>> = {
  approval_denied: 'denied',
  approval_expired: 'expired',
  plan_stale: 'stale',
};

/** A blocked operation did not do what it was for; the details tell it from a failed one. */
const outcomes = { succeeded: 'succeeded', failed: 'failed', blocked: 'failed', cancelled: 'cancelled' } as const;
