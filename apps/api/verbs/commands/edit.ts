import { namesCluster, type VerbName } from '#core/edits.ts';
import type { CommandResult } from '#core/command/answer.ts';
import type { Intent } from '#core/command/command.ts';
import type { Context } from '../../http/env.ts';
import { editCluster } from '../clusters/edit.ts';
import { requestPlan } from '../clusters/plan.ts';
import { clusterFor } from './pick-cluster.ts';

/**
 * A verb of the spec, said as a command: proposes the revision and has it planned. It is run by `apply` and the digest
 * of the plan, so that nobody runs what nobody has seen.
 */
export async function proposeAndPlan(ctx: Context, intent: Intent & { command: VerbName }): Promise<CommandResult> {
  const named = intent.args['name'];
  const isOwn = namesCluster(intent.command) && typeof named === 'string';
  const cluster = isOwn ? named : await clusterFor(ctx, intent);
  const { row, onto } = await editCluster({ ctx, input: { cluster, verb: intent.command, args: intent.args } });
  const operation = await requestPlan({ ctx, input: { cluster, revision: row.number, reason: intent.reason } });
  return { kind: 'operation', operation, revision: row.number, onto };
}
