import type { Operation } from '#core/operation.ts';
import type { Matched } from '#core/webhooks/rule.ts';
import type { Guard } from '#db/guard.ts';
import type { Context } from '../../http/env.ts';
import { requestApply } from '../clusters/apply.ts';
import { editCluster } from '../clusters/edit.ts';
import type { Also } from '../operations/accept.ts';

export type Command = Extract<Matched, { kind: 'command' }>;

interface Onto extends Pick<Also, 'changes' | 'events'> {
  /** What must hold for a revision to be made; the operation's commit sees to that by what it writes. */
  expects?: readonly Guard[];
}

/**
 * Carries out the command of a rule: the edit is proposed on what is current, never on what somebody else has proposed
 * and nobody has applied, and that very revision is applied. @throws what the verbs throw
 */
export async function carryOut(
  ctx: Context,
  { intent, cluster }: Command,
  { expects = [], ...also }: Onto,
): Promise<Operation> {
  const { command: verb, args, reason } = intent;
  const { row } = await editCluster({ ctx, input: { cluster, verb, args } }, { from: 'current', expects });
  const input = { cluster, revision: row.number, digest: null, reason, origin: verb, preflight: 'errors' as const };
  return await requestApply({ ctx, input }, also);
}
