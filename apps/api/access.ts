import { type Decision, decide } from '#core/access/decide.ts';
import { rolesOf, type Verb } from '#core/access/verbs.ts';
import { AppError } from '#core/errors.ts';
import { commit, recordOf } from './commit.ts';
import { onRecord } from './on-record.ts';
import type { Context } from './http/env.ts';

export type { Verb } from '#core/access/verbs.ts';

/** What the policy says to the caller about a verb on a cluster; null for what belongs to no cluster. */
export const decisionFor = ({ caller }: Context, verb: Verb, cluster: string | null): Decision =>
  decide({ subject: caller.subject, verb, cluster }, caller.policy);

/** Whether the caller may do a verb, where nothing has to be refused or put on record. */
export const may = (ctx: Context, verb: Verb, cluster: string | null): boolean =>
  decisionFor(ctx, verb, cluster).allowed;

/**
 * First line of every verb. A refusal is on record before it is told; when the record cannot be written, the refusal
 * is told all the same, since nothing was done. @throws AppError `forbidden`
 */
export async function authorise(ctx: Context, verb: Verb, cluster: string | null = null): Promise<void> {
  const decision = decisionFor(ctx, verb, cluster);
  if (decision.allowed) return;
  ctx.deps.meter.count('flotilla_access_denied_total', { verb });
  const details = { verb, role: ctx.caller.role, rule: decision.rule, request: ctx.requestId };
  const denial = recordOf(ctx, { action: 'access.denied', outcome: 'denied', cluster, details });
  await commit(ctx.deps, { changes: [], events: [denial] }).catch((error: unknown) =>
    ctx.deps.log(`a denial is not on record: ${String(error)}`, { requestId: ctx.requestId }),
  );
  throw onRecord(
    new AppError('forbidden', decision.why, {
      done: 'Nothing was done.',
      next: `${helpWith(decision, verb)}; \`flotilla can ${verb}\` explains it.`,
    }),
  );
}

/** A token may be for less than whoever holds it may himself. */
function helpWith({ rule }: Decision, verb: Verb): string {
  const roles = `somebody who is ${rolesOf(verb).join(' or ')}`;
  return rule === 'token scope'
    ? `Use a token that is for it (\`flotilla token create\`), or ask ${roles}`
    : `Ask ${roles}`;
}
