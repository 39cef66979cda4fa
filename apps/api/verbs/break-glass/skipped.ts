import type { Act } from '#core/access/act.ts';
import type { Policy } from '#core/access/policy.ts';
import { recordOf, timeOf } from '../../commit.ts';
import type { Context } from '../../http/env.ts';
import { whoMay } from '../approvals/approvers.ts';
import { holdsInTheWay } from '../holds/in-the-way.ts';
import { tell } from '../notices/tell.ts';
import type { Pass } from '../worker/pass.ts';
import type { GrantRow } from './active.ts';

interface Skipped {
  /** Null for what is done at once. */
  operation: string | null;
  act: Act;
  grant: GrantRow;
  /** Approvals that it would have needed. */
  required: number;
  policy: Policy;
}

/** Everybody who was passed over by break-glass is told, and the record says by how many. */
export async function skippedParts(ctx: Context, skipped: Skipped): Promise<Omit<Pass, 'expects'>> {
  const { operation, act, grant, required, policy } = skipped;
  const { cluster } = act;
  const able = required === 0 ? new Set<string>() : await whoMay(ctx.deps, policy, 'plan.approve', cluster);
  const frozen = await holdsInTheWay(ctx, { person: grant.person, cluster, hasBrokenGlass: false });
  for (const { owner } of frozen) able.add(owner);
  able.delete(grant.person);
  if (required === 0 && frozen.length === 0) return { changes: [], events: [] };
  const what = [
    ...(required === 0 ? [] : [`${required} ${required === 1 ? 'approval' : 'approvals'}`]),
    ...(frozen.length === 0 ? [] : ['a freeze']),
  ].join(' and ');
  const message =
    `${grant.personName} used break-glass to ${act.what} (plan ${act.digest.slice(0, 12)}, risk ${act.risk}) at ` +
    `${timeOf(ctx.deps.nowMs())}, past ${what}: ${grant.reason}. Review it: \`flotilla break-glass review ${grant.id}\`.`;
  return {
    changes: tell(ctx, able, { kind: 'break-glass.used', message, cluster, operation }),
    events: [
      recordOf(ctx, {
        action: 'break-glass.used',
        outcome: 'recorded',
        cluster,
        operation,
        target: { kind: 'break-glass', id: grant.id },
        reason: grant.reason,
        details: {
          person: grant.person,
          digest: act.digest,
          risk: act.risk,
          skippedApprovals: required,
          skippedFreezes: frozen.map(({ id }) => id),
          told: [...able],
        },
      }),
    ],
  };
}
