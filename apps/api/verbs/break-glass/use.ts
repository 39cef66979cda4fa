import { and, eq, isNull } from 'drizzle-orm';
import type { z } from 'zod';
import type { breakGlassSchema, Grant } from '#core/access/contract.ts';
import { AppError } from '#core/errors.ts';
import { newId } from '#core/ids.ts';
import { insertInto } from '#db/change.ts';
import { noRow } from '#db/guard.ts';
import { grants } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import { commit, recordOf, timeOf } from '../../commit.ts';
import { personOf, type Call } from '../../http/env.ts';
import { clusterRow } from '../../views/cluster.ts';
import { whoMay } from '../approvals/approvers.ts';
import { tell } from '../notices/tell.ts';

/**
 * For an emergency: until it runs out, what the caller applies to the cluster needs no approval and passes a freeze. The
 * record, the verification and other persons' locks stay. Everybody who may approve or review is told at once.
 * @throws AppError `not_found`, `invalid_input` without the name typed, `conflict` while an earlier one is not reviewed
 */
export async function breakGlass({ ctx, input }: Call<z.output<typeof breakGlassSchema>>): Promise<Grant> {
  const { cluster, confirm, reason, minutes } = input;
  await authorise(ctx, 'break-glass.use', cluster);
  const { store, nowMs } = ctx.deps;
  const { name } = await clusterRow(store.read, cluster);
  if (confirm !== name) throw typeIt(name);
  const person = personOf(ctx.caller) ?? '';
  const grant = {
    id: newId('bg', nowMs()),
    person,
    personName: ctx.caller.actor.name,
    cluster,
    reason,
    createdAt: timeOf(nowMs()),
    expiresAt: timeOf(nowMs() + minutes * 60_000),
  };
  const whom = await whoMay(ctx.deps, ctx.caller.policy, 'break-glass.review', cluster);
  for (const one of await whoMay(ctx.deps, ctx.caller.policy, 'plan.approve', cluster)) whom.add(one);
  whom.delete(person);
  const message =
    `${grant.personName} broke the glass for ${cluster} until ${grant.expiresAt}: ${reason}. ` +
    `Review it afterwards: \`flotilla break-glass review ${grant.id}\`.`;
  const unreviewed = store.read
    .select({ id: grants.id })
    .from(grants)
    .where(and(eq(grants.person, person), isNull(grants.reviewedAt)));
  await commit(ctx.deps, {
    expects: [noRow('the last one was reviewed', unreviewed, () => notReviewed())],
    changes: [insertInto(grants).values(grant), ...tell(ctx, whom, { kind: 'break-glass.opened', message, cluster })],
    events: [
      recordOf(ctx, {
        action: 'break-glass.opened',
        outcome: 'succeeded',
        cluster,
        target: { kind: 'break-glass', id: grant.id },
        reason,
        details: { security: true, minutes, expiresAt: grant.expiresAt, told: whom.size },
      }),
    ],
  });
  return { ...grant, endedAt: null, reviewedAt: null, reviewedBy: null, review: null };
}

const typeIt = (name: string): AppError =>
  new AppError('invalid_input', 'Type the name of the cluster to break the glass for it', {
    done: 'Nothing was changed.',
    next: `Add \`--confirm ${name}\` if that is what you mean.`,
    issues: [{ pointer: '/confirm', message: `must be ${name}` }],
  });

const notReviewed = (): AppError =>
  new AppError('conflict', 'Your last break-glass is still in force, or nobody has reviewed it', {
    done: 'Nothing was changed.',
    next: 'Have another person review it: `flotilla break-glass ls`.',
  });
