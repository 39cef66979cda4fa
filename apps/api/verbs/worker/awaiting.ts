import { eq } from 'drizzle-orm';
import { type Act, actOfPlan } from '#core/access/act.ts';
import { countSentence } from '#core/approval/approval.ts';
import type { AuditDraft } from '#core/audit.ts';
import { newId } from '#core/ids.ts';
import { maskPlan } from '#core/masking.ts';
import type { Plan } from '#core/plan.ts';
import { riskSentence } from '#core/wording.ts';
import { type Change, insertInto, update } from '#db/change.ts';
import type { Guard } from '#db/guard.ts';
import { approvals, operations } from '#db/schema/index.ts';
import type { Unit } from '#db/store.ts';
import { nextEvent, recordOf, timeOf } from '../../commit.ts';
import type { Context } from '../../http/env.ts';
import { asSeen } from '../../views/approval.ts';
import type { OperationRow } from '../../views/operation.ts';
import { whoMay } from '../approvals/approvers.ts';
import type { Target } from '../clusters/target.ts';
import { tell } from '../notices/tell.ts';
import { nextAfter } from '../operations/turn.ts';
import type { Gate } from './gate.ts';
import { stillHeld } from './held.ts';
import { alarmsOfObservation, factsOfObservation } from './observed.ts';
import { decisionsKept, keptPlan, type Seen } from './planned.ts';

type Waiting = Extract<Gate, { kind: 'waiting' }>;

/**
 * The plan waits for approval: the lease goes back, the turn goes to the next one, and who may approve is told. The
 * revision stays proposed.
 */
export async function awaitingUnit(
  ctx: Context,
  seen: Seen,
  { target, plan, gate }: { target: Target; plan: Plan; gate: Waiting },
): Promise<Unit> {
  const { read } = ctx.deps.store;
  const { row, held, observation } = seen;
  const at = timeOf(ctx.deps.nowMs());
  const parts = await askedParts(ctx, row, { act: actOfPlan(plan), makers: makersOf(row, target), gate });
  return {
    expects: [stillHeld(read, held), ...parts.expects],
    changes: [
      ...(await factsOfObservation(ctx, observation)),
      keptPlan(plan, at),
      decisionsKept(target, plan),
      update(operations).set({ planDigest: plan.digest }).where(eq(operations.id, row.id)),
      nextEvent(row.id, at, { type: 'planned', plan: maskPlan(plan) }),
      ...parts.changes,
    ],
    events: [...alarmsOfObservation(ctx, seen), ...parts.events],
    dispatch: parts.dispatch,
  };
}

interface Asked {
  act: Act;
  /** Ids of those who do not count. */
  makers: string[];
  gate: Waiting;
}

/** What makes an operation wait: no lease, a decision row, its event, and a notice for who may approve. */
export async function askedParts(
  ctx: Context,
  row: OperationRow,
  asked: Asked,
): Promise<{ expects: Guard[]; changes: Change[]; events: AuditDraft[]; dispatch: string[] }> {
  const { read } = ctx.deps.store;
  const { act, gate } = asked;
  const at = timeOf(ctx.deps.nowMs());
  const next = await nextAfter(read, row);
  const id = gate.before?.id ?? newId('apr', ctx.deps.nowMs());
  const released = {
    state: 'awaiting-approval',
    leaseHolder: null,
    leaseExpiresMs: null,
    leaseRenewedMs: null,
  } as const;
  return {
    expects: gate.before === null ? [] : [asSeen(read, gate.before)],
    changes: [
      update(operations).set(released).where(eq(operations.id, row.id)),
      decisionRow(ctx, row, asked, id),
      nextEvent(row.id, at, { type: 'state', state: 'awaiting-approval', error: null }),
      ...(await toldApprovers(ctx, row, asked)),
    ],
    events: [
      recordOf(ctx, {
        action: gate.before === null ? 'approval.requested' : 'approval.lapsed',
        outcome: 'recorded',
        cluster: act.cluster,
        operation: row.id,
        target: { kind: 'approval', id },
        details: { digest: act.digest, risk: act.risk, required: gate.required },
      }),
    ],
    dispatch: next === null ? [] : [next],
  };
}

function decisionRow(ctx: Context, row: OperationRow, { act, makers, gate }: Asked, id: string): Change {
  const { before, approval, required, policy } = gate;
  if (before !== null && approval !== null) {
    const { state, votes, version } = approval;
    return update(approvals).set({ state, votes, version, required }).where(eq(approvals.id, before.id));
  }
  const nowMs = ctx.deps.nowMs();
  const { cluster, digest, risk } = act;
  return insertInto(approvals).values({
    id,
    operation: row.id,
    cluster,
    digest,
    risk,
    required,
    makers,
    state: 'open',
    votes: [],
    version: 1,
    createdAt: row.createdAt,
    expiresAt: timeOf(nowMs + policy.plan_minutes * 60_000),
  });
}

/** Who asked, who wrote the change, and who pushed what CI asks for. */
const makersOf = ({ actor }: Seen['row'], { revision }: Target): string[] => [
  ...new Set([actor, revision.createdBy].flatMap((one) => ('person' in one ? (one.person ?? []) : []))),
];

async function toldApprovers(ctx: Context, row: OperationRow, { act, makers, gate }: Asked): Promise<Change[]> {
  const { cluster, digest, risk, what } = act;
  const able = await whoMay(ctx.deps, gate.policy, 'plan.approve', cluster);
  for (const maker of gate.before?.makers ?? makers) able.delete(maker);
  const count = countSentence({ votes: gate.approval?.votes ?? [], required: gate.required });
  const message = `${row.actor.name} asks to ${what}, risk ${riskSentence(risk)}; ${count}. Plan ${digest.slice(0, 12)}.`;
  return tell(ctx, able, { kind: 'approval.requested', message, cluster, operation: row.id });
}
