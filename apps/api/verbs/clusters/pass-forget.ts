import { actOfForget } from '#core/access/act.ts';
import { requiredFor } from '#core/access/approvals.ts';
import { AppError } from '#core/errors.ts';
import { timeOf } from '../../commit.ts';
import { type Context, personOf } from '../../http/env.ts';
import { currentPolicy, noNewerPolicy } from '../../policies.ts';
import { activeGrant } from '../break-glass/active.ts';
import { skippedParts } from '../break-glass/skipped.ts';
import { passHolds } from '../holds/in-the-way.ts';
import type { Pass } from '../worker/pass.ts';

/**
 * What letting go of a managed cluster has to pass: locks, freezes, and the approvals that a critical act needs there. It
 * has no plan that others could approve, so where they have to, one person does it by break-glass alone, and they are told.
 * @throws AppError `locked`, `forbidden`
 */
export async function passForget(ctx: Context, cluster: string): Promise<Pass> {
  const { store, nowMs } = ctx.deps;
  const { number, policy } = await currentPolicy(store.read);
  const person = personOf(ctx.caller);
  const grant = person === null ? null : await activeGrant(store.read, { person, cluster, at: timeOf(nowMs()) });
  const expects = [
    await passHolds(ctx, { person, cluster, hasBrokenGlass: grant !== null }),
    noNewerPolicy(store.read, number),
  ];
  const act = await actOfForget(cluster);
  const required = requiredFor(policy, cluster, act.risk);
  if (grant !== null)
    return { ...(await skippedParts(ctx, { operation: null, act, grant, required, policy })), expects };
  if (required > 0) throw notAlone(cluster, required);
  return { expects, changes: [], events: [] };
}

const notAlone = (cluster: string, required: number): AppError =>
  new AppError(
    'forbidden',
    `To let go of ${cluster} counts as critical, which ${required === 1 ? 'another person has' : `${required} other persons have`} to approve there, and there is no plan that could be approved`,
    {
      done: 'Nothing was changed.',
      next: `Who may approve does it by \`flotilla break-glass use ${cluster} --confirm ${cluster} --reason …\` and the same command: the others are told, and another person reviews it. To take it down instead, with approvals: \`flotilla cluster rm ${cluster}\`.`,
    },
  );
