import { eq } from 'drizzle-orm';
import type { Act } from '#core/access/act.ts';
import { requiredFor } from '#core/access/approvals.ts';
import type { Policy } from '#core/access/policy.ts';
import type { Approval } from '#core/approval/approval.ts';
import { useApproval } from '#core/approval/use.ts';
import { AppError } from '#core/errors.ts';
import type { OperationError } from '#core/operation.ts';
import { update } from '#db/change.ts';
import type { Guard } from '#db/guard.ts';
import { approvals } from '#db/schema/index.ts';
import { recordOf, timeOf } from '../../commit.ts';
import type { Context } from '../../http/env.ts';
import { currentPolicy, noNewerPolicy } from '../../policies.ts';
import { approvalOf, asSeen } from '../../views/approval.ts';
import type { OperationRow } from '../../views/operation.ts';
import { standing, whoMay } from '../approvals/approvers.ts';
import { activeGrant, type GrantRow } from '../break-glass/active.ts';
import { skippedParts } from '../break-glass/skipped.ts';
import { passHolds } from '../holds/in-the-way.ts';
import type { Pass } from './pass.ts';

export type Gate =
  | ({ kind: 'open' } & Pass)
  /** Somebody has to approve. `approval` is the decision row as it becomes; null when there is none yet. */
  | { kind: 'waiting'; approval: Approval | null; before: Approval | null; required: number; policy: Policy }
  | { kind: 'refused'; error: OperationError };

/**
 * The last look before a plan is accepted: locks and freezes, the rights of whoever asked, and the approvals that the
 * risk of this very plan needs. What is read here is held by guards, so that it is so in the commit.
 */
export async function gateOf(ctx: Context, row: OperationRow, act: Act): Promise<Gate> {
  const { read } = ctx.deps.store;
  const { number, policy } = await currentPolicy(read);
  const person = row.actor.kind === 'person' ? row.actor.person : null;
  const grant = await grantOf(ctx, row, person);
  const held = await heldBack(ctx, { person, cluster: act.cluster, hasBrokenGlass: grant !== null });
  if (held.kind === 'refused') return held;
  if (person !== null && !(await whoMay(ctx.deps, policy, act.verb, act.cluster)).has(person)) {
    return { kind: 'refused', error: mayNoMore(row, act) };
  }
  const expects = [held.guard, noNewerPolicy(read, number)];
  const required = requiredFor(policy, act.cluster, act.risk);
  if (grant !== null)
    return { kind: 'open', ...(await skippedParts(ctx, { operation: row.id, act, grant, required, policy })), expects };
  const before = await approvalOf(read, row.id);
  if (required === 0 && before === null) return { kind: 'open', expects, changes: [], events: [] };
  if (before === null) return { kind: 'waiting', approval: null, before, required, policy };
  const stands = await standing(ctx.deps, policy, before);
  const after = useApproval(before, { digest: act.digest, required, nowMs: ctx.deps.nowMs(), stands });
  if (after.state === 'open') return { kind: 'waiting', approval: after, before, required: after.required, policy };
  if (after.state !== 'used') return { kind: 'refused', error: notApproved(after) };
  return { kind: 'open', ...usedParts(ctx, before, after), expects: [...expects, asSeen(read, before)] };
}

async function grantOf(ctx: Context, row: OperationRow, person: string | null): Promise<GrantRow | null> {
  if (row.breakGlass === null || person === null) return null;
  const at = timeOf(ctx.deps.nowMs());
  const grant = await activeGrant(ctx.deps.store.read, { person, cluster: row.cluster, at });
  return grant?.id === row.breakGlass ? grant : null;
}

async function heldBack(
  ctx: Context,
  changing: Parameters<typeof passHolds>[1],
): Promise<{ kind: 'passed'; guard: Guard } | { kind: 'refused'; error: OperationError }> {
  try {
    return { kind: 'passed', guard: await passHolds(ctx, changing) };
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'locked')) throw error;
    const next = error.next === undefined ? {} : { next: error.next };
    return { kind: 'refused', error: { code: error.code, message: error.message, ...unchanged, ...next } };
  }
}

const unchanged = { done: 'Nothing was changed on any host.' };

const mayNoMore = ({ actor, cluster }: OperationRow, { verb }: Act): OperationError => ({
  code: 'forbidden',
  message: `${actor.name} may not do ${verb} on ${cluster} any more.`,
  ...unchanged,
});

function notApproved({ state, reason, expiresAt, votes }: Approval): OperationError {
  if (state === 'stale') {
    return {
      code: 'plan_stale',
      message: 'What would be done now is not what was approved: the cluster has changed since.',
      ...unchanged,
      next: 'Apply it again; the new plan needs its own approval.',
    };
  }
  if (state === 'expired') {
    const message = `It was to be approved and begun until ${expiresAt}.`;
    return { code: 'approval_expired', message, ...unchanged, next: 'Plan and apply it again.' };
  }
  const denial = votes.find(({ verdict }) => verdict === 'deny');
  const why = denial === undefined ? (reason ?? `The approval is ${state}`) : `${denial.name} denied it`;
  return { code: 'approval_denied', message: `${why}.`, ...unchanged };
}

function usedParts(ctx: Context, before: Approval, after: Approval): Omit<Pass, 'expects'> {
  const { id, cluster, operation, votes, required, version, digest } = after;
  const closed = { closedAt: timeOf(ctx.deps.nowMs()), closedBy: ctx.caller.actor };
  return {
    changes: [
      update(approvals)
        .set({ state: 'used', votes, required, version, ...closed })
        .where(eq(approvals.id, before.id)),
    ],
    events: [
      recordOf(ctx, {
        action: 'approval.used',
        outcome: 'recorded',
        cluster,
        operation,
        target: { kind: 'approval', id },
        details: { digest, approvedBy: votes.map(({ person, name, via, at }) => ({ person, name, via, at })) },
      }),
    ],
  };
}
