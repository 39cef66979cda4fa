import type { AuditDraft } from '#core/audit.ts';
import { isChanging, type Operation, type OperationRequest } from '#core/operation.ts';
import { newId } from '#core/ids.ts';
import type { Change } from '#db/change.ts';
import type { Guard } from '#db/guard.ts';
import { operations } from '#db/schema/index.ts';
import { insertRow } from '#db/template.ts';
import { commit, nextEvent, recordOf, timeOf } from '../../commit.ts';
import { personOf, type Context } from '../../http/env.ts';
import { keptChange, keyMissing } from '../../http/idempotency.ts';
import { activeGrant } from '../break-glass/active.ts';
import { passHolds } from '../holds/in-the-way.ts';

export interface Acceptance {
  request: OperationRequest;
  cluster: string | null;
  reason: string | null;
  retryOf?: string;
  /** What must still hold in the commit. */
  expects?: Guard[];
  /** What else belongs to the same commit, given the operation's id. */
  changes?: (operation: string) => Change[];
  /** What else is on record with it. */
  events?: (operation: string) => AuditDraft[];
}

/** What a caller of a verb adds to the commit of the operation that the verb makes. */
export type Also = Pick<Acceptance, 'expects' | 'changes' | 'events'>;

/**
 * Makes an operation: its row, its first event and its intent on record are one commit; once that is done it will run,
 * whatever happens to Redis. A change is refused while somebody else's lock or a freeze holds it back.
 * @throws AppError `locked`; `audit_unavailable` when it cannot be written; then nothing was done.
 */
export async function acceptOperation(ctx: Context, acceptance: Acceptance): Promise<Operation> {
  const { request, cluster, reason, retryOf = null } = acceptance;
  // Over HTTP a request may come twice without anybody meaning it.
  if (ctx.idempotency === null) throw keyMissing();
  const nowMs = ctx.deps.nowMs();
  const id = newId('op', nowMs);
  const operation: Operation = {
    ...fresh,
    id,
    kind: request.kind,
    cluster,
    request,
    actor: ctx.caller.actor,
    reason,
    retryOf,
    createdAt: timeOf(nowMs),
  };
  const { result: _none, ...row } = operation;
  const answer = { status: 202, location: `/v1/operations/${id}`, body: JSON.stringify(operation) };
  const past = isChanging(request.kind) ? await pastHolds(ctx, cluster) : { expects: [], breakGlass: null };
  const { breakGlass } = past;
  const details = {
    ...request,
    ...(retryOf === null ? {} : { retryOf }),
    ...(breakGlass === null ? {} : { breakGlass }),
  };
  const origin = { requestId: ctx.requestId, traceparent: ctx.traceparent ?? null };
  const intent = { action: 'operation.requested', outcome: 'intent', cluster, operation: id, reason, details } as const;
  await commit(
    ctx.deps,
    {
      expects: [...(acceptance.expects ?? []), ...past.expects],
      changes: [
        insertRow(operations, { ...row, breakGlass, origin, dispatchNumber: firstBell }),
        ...(acceptance.changes?.(id) ?? []),
        ...(ctx.onAccept?.(id) ?? []),
        nextEvent(id, operation.createdAt, { type: 'state', state: 'queued', error: null }),
        ...(ctx.idempotency === undefined ? [] : [keptChange(ctx.idempotency, nowMs, answer)]),
      ],
      events: [recordOf(ctx, { ...intent, target: { kind: 'operation', id } }), ...(acceptance.events?.(id) ?? [])],
    },
    [id],
    [{ operation: id, number: firstBell }],
  );
  if (ctx.idempotency !== undefined) ctx.idempotency.isKept = true;
  const { requestId } = ctx;
  ctx.deps.log(`${request.kind} was asked for`, { level: 'info', requestId, operationId: id, cluster });
  return operation;
}

/** That nothing holds the change back, and the break-glass grant by which it is asked for, if any. */
async function pastHolds(
  ctx: Context,
  cluster: string | null,
): Promise<{ expects: Guard[]; breakGlass: string | null }> {
  const { store, nowMs } = ctx.deps;
  const person = personOf(ctx.caller);
  const grant = person === null ? null : await activeGrant(store.read, { person, cluster, at: timeOf(nowMs()) });
  const guard = await passHolds(ctx, { person, cluster, hasBrokenGlass: grant !== null });
  return { expects: [guard], breakGlass: grant?.id ?? null };
}

/** Counted with the row itself: the store would look for the row again, and write it a second time. */
const firstBell = 1;

const fresh = {
  state: 'queued',
  planDigest: null,
  error: null,
  result: null,
  cancelRequested: false,
  startedAt: null,
  endedAt: null,
} as const;
