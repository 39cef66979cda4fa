import type { z } from 'zod';
import { AppError } from '#core/errors.ts';
import type { Operation } from '#core/operation.ts';
import type { applyRequestSchema } from '#core/wire.ts';
import { authorise } from '../../access.ts';
import type { Call, Context } from '../../http/env.ts';
import { madePlan } from '../../views/operation.ts';
import { acceptOperation, type Also } from '../operations/accept.ts';
import { appliesPlan, onlyOne } from '../operations/under-way.ts';
import { propose } from '../revisions/propose.ts';
import { specFor } from './put-spec.ts';
import { stillApplies, targetOf } from './target.ts';

export type ApplyCluster = z.output<typeof applyRequestSchema> & { cluster: string };

/**
 * Accepts that a revision is made true. With a digest it runs that very plan or nothing.
 * @throws AppError `not_found`, `conflict`, `invalid_input`, and with a spec what propose throws.
 */
export async function requestApply({ ctx, input }: Call<ApplyCluster>, also: Also = {}): Promise<Operation> {
  await authorise(ctx, 'cluster.apply', input.cluster);
  const { read } = ctx.deps.store;
  const number = await revisionNumber(ctx, input);
  const target = await targetOf(read, input.cluster, number);
  const { cluster, digest } = input;
  const once = digest === null ? [] : [await onlyOne(read, appliesPlan(cluster, digest), 'This plan is being applied')];
  return await acceptOperation(ctx, {
    request: {
      kind: 'apply',
      revision: target.revision.number,
      digest: input.digest,
      ...(input.preflight === 'errors' ? {} : { preflight: input.preflight }),
    },
    cluster: input.cluster,
    reason: input.reason,
    ...also,
    expects: [...(also.expects ?? []), ...once, stillApplies(read, target)],
  });
}

async function revisionNumber(ctx: Context, input: ApplyCluster): Promise<number | null> {
  const { spec, digest, revision, cluster } = input;
  if (spec !== undefined && (digest !== null || revision !== null)) {
    throw new AppError('invalid_input', 'A spec is applied by itself, without a revision or a plan', {
      done: 'Nothing was changed.',
      next: 'Send the spec alone, or propose it, plan it and apply the plan by its digest.',
      issues: [{ pointer: '/spec', message: 'not together with `revision` or `digest`' }],
    });
  }
  if (spec !== undefined) {
    const { row } = await propose(ctx, { spec: specFor(cluster, spec), origin: input.origin, base: null });
    return row.number;
  }
  return digest === null ? revision : await plannedRevision(ctx, { ...input, digest });
}

async function plannedRevision(
  ctx: Context,
  { cluster, digest, revision }: ApplyCluster & { digest: string },
): Promise<number> {
  const made = await madePlan(ctx.deps.store.read, digest);
  const plan = made?.plan;
  if (plan === undefined || plan.cluster !== cluster) {
    throw new AppError('not_found', `There is no plan ${digest} of ${cluster}`, {
      done: 'Nothing was changed.',
      next: 'Make one with `flotilla plan`, and apply it by the digest it shows.',
    });
  }
  checkAge(ctx, digest, made?.createdAt ?? '');
  if (revision === null || revision === plan.revision) return plan.revision;
  throw new AppError('invalid_input', `The plan is for revision ${plan.revision}, not for ${revision}`, {
    done: 'Nothing was changed.',
    issues: [{ pointer: '/revision', message: `must be ${plan.revision} or absent` }],
  });
}

/** A plan that was seen long ago is not what somebody means now. @throws AppError `plan_stale` */
function checkAge({ caller, deps }: Context, digest: string, createdAt: string): void {
  const minutes = caller.policy.plan_minutes;
  if (deps.nowMs() - Date.parse(createdAt) <= minutes * 60_000) return;
  throw new AppError(
    'plan_stale',
    `The plan ${digest.slice(0, 12)} is of ${createdAt}, and is good for ${minutes} minutes`,
    {
      done: 'Nothing was changed.',
      next: 'Plan again; a plan that has not changed keeps its digest.',
    },
  );
}
