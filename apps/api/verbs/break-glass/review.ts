import { and, desc, eq, isNull } from 'drizzle-orm';
import type { Grant } from '#core/access/contract.ts';
import { AppError } from '#core/errors.ts';
import { update } from '#db/change.ts';
import { someRow } from '#db/guard.ts';
import { grants } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import { commit, recordOf, timeOf } from '../../commit.ts';
import { type Call, type Context, personOf } from '../../http/env.ts';
import { isVisible, visibleTo } from '../../visible.ts';
import { tell } from '../notices/tell.ts';
import type { GrantRow } from './active.ts';

/** Break-glass grants, the newest first. */
export async function listGrants({ ctx }: Call<Record<string, never>>): Promise<{ items: Grant[] }> {
  const seen = isVisible(grants.cluster, await visibleTo(ctx, 'access.read'));
  const items = await ctx.deps.store.read.select().from(grants).where(seen).orderBy(desc(grants.createdAt)).limit(100);
  return { items };
}

/** The owner gives it back before its time. @throws AppError `not_found`, `forbidden`, `conflict` */
export async function endGrant({ ctx, input: { grant } }: Call<{ grant: string }>): Promise<Grant> {
  const row = await grantRow(ctx, grant);
  await authorise(ctx, row.person === personOf(ctx.caller) ? 'break-glass.use' : 'break-glass.review', row.cluster);
  const endedAt = timeOf(ctx.deps.nowMs());
  if (row.endedAt !== null || row.expiresAt <= endedAt) {
    throw new AppError('conflict', `It is over since ${row.endedAt ?? row.expiresAt}`, {
      done: 'Nothing was changed.',
    });
  }
  await change(ctx, row, { set: { endedAt }, action: 'break-glass.ended', reason: null });
  return await grantRow(ctx, grant);
}

/**
 * Another person has looked at what was done; only then may the owner break the glass again. A review ends it.
 * @throws AppError `not_found`, `forbidden` for the owner himself, `conflict` when it was reviewed
 */
export async function reviewGrant({ ctx, input }: Call<{ grant: string; review: string }>): Promise<Grant> {
  const row = await grantRow(ctx, input.grant);
  await authorise(ctx, 'break-glass.review', row.cluster);
  if (row.person === personOf(ctx.caller)) {
    throw new AppError('forbidden', 'Nobody reviews his own break-glass, under no identity', {
      done: 'Nothing was changed.',
      next: 'Have another person review it.',
    });
  }
  if (row.reviewedAt !== null)
    throw new AppError('conflict', 'It was reviewed already', { done: 'Nothing was changed.' });
  const at = timeOf(ctx.deps.nowMs());
  const { review } = input;
  const set = { reviewedAt: at, reviewedBy: ctx.caller.actor, review, endedAt: row.endedAt ?? at };
  await change(ctx, row, { set, action: 'break-glass.reviewed', reason: review });
  return await grantRow(ctx, input.grant);
}

interface Changed {
  set: Partial<GrantRow>;
  action: string;
  reason: string | null;
}

async function change(ctx: Context, row: GrantRow, { set, action, reason }: Changed): Promise<void> {
  const { cluster, person, id } = row;
  const open = ctx.deps.store.read
    .select({ id: grants.id })
    .from(grants)
    .where(and(eq(grants.id, id), isNull(grants.reviewedAt)));
  const message = `${ctx.caller.actor.name} has reviewed your break-glass for ${cluster}: ${reason ?? ''}`;
  await commit(ctx.deps, {
    expects: [someRow('it was not reviewed yet', open)],
    changes: [
      update(grants).set(set).where(eq(grants.id, id)),
      ...(set.reviewedAt === undefined ? [] : tell(ctx, [person], { kind: action, message, cluster })),
    ],
    events: [recordOf(ctx, { action, outcome: 'succeeded', cluster, target: { kind: 'break-glass', id }, reason })],
  });
}

async function grantRow({ deps }: Context, id: string): Promise<GrantRow> {
  const row = await deps.store.read.query.grants.findFirst({ where: eq(grants.id, id) });
  if (row !== undefined) return row;
  throw new AppError('not_found', `There is no break-glass ${id}`, {
    next: 'List them with `flotilla break-glass ls`.',
  });
}
