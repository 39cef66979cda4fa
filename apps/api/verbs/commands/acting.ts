import { and, desc, eq, like } from 'drizzle-orm';
import type { CommandResult } from '#core/command/answer.ts';
import type { Intent } from '#core/command/command.ts';
import { AppError } from '#core/errors.ts';
import type { Operation } from '#core/operation.ts';
import { plans } from '#db/schema/index.ts';
import type { Context } from '../../http/env.ts';
import { requestApply } from '../clusters/apply.ts';
import { inspectNetwork } from '../clusters/inspect-network.ts';
import { listRunning } from '../clusters/list-running.ts';
import { requestPlan } from '../clusters/plan.ts';
import { requestVerify } from '../clusters/verify.ts';
import { operateOnHost } from '../hosts/operate.ts';
import { cancelOperation } from '../operations/cancel.ts';
import { retryOperation } from '../operations/retry.ts';
import { requestClusterPreflight } from '../preflights/request.ts';
import { listArg, textArg, textArgOrNull } from './args.ts';
import type { Handler } from './handler.ts';
import { workId } from './operation-id.ts';

const started = (operation: Operation, revision: number | null = null): CommandResult => ({
  kind: 'operation',
  operation,
  revision,
  onto: null,
});

function connectivityArg({ args }: Intent): 'full' | 'sampled' | null {
  const said = args['connectivity'];
  return said === 'full' || said === 'sampled' ? said : null;
}

/** Commands that start or stop work. */
export const acting: Readonly<Record<string, Handler>> = {
  plan: async (ctx, { reason }, cluster) =>
    started(await requestPlan({ ctx, input: { cluster: await cluster(), revision: null, reason } })),
  apply: async (ctx, intent, cluster) => {
    const prefix = textArgOrNull(intent, 'plan');
    const chosen = prefix === null ? null : await planByPrefix(ctx, prefix, intent.cluster);
    const input = {
      cluster: chosen?.cluster ?? (await cluster()),
      digest: chosen?.digest ?? null,
      revision: null,
      reason: intent.reason,
      origin: 'command',
      preflight: 'errors' as const,
    };
    return started(await requestApply({ ctx, input }));
  },
  verify: async (ctx, intent, cluster) => {
    const input = {
      cluster: await cluster(),
      networks: listArg(intent, 'network'),
      connectivity: connectivityArg(intent),
      reason: intent.reason,
    };
    return started(await requestVerify({ ctx, input }));
  },
  inspect: async (ctx, intent, cluster) => {
    const input = { cluster: await cluster(), network: textArg(intent, 'network'), reason: intent.reason };
    return started(await inspectNetwork({ ctx, input }));
  },
  ps: async (ctx, { reason }, cluster) =>
    started(await listRunning({ ctx, input: { cluster: await cluster(), reason } })),
  preflight: async (ctx, intent, cluster) => {
    const input = {
      cluster: await cluster(),
      revision: null,
      full: intent.args['full'] === true,
      reason: intent.reason,
    };
    return started(await requestClusterPreflight({ ctx, input }));
  },
  'host probe': async (ctx, intent) => {
    const request = { kind: 'probe-host', host: textArg(intent, 'host') } as const;
    return started(await operateOnHost({ ctx, input: { request, reason: intent.reason } }));
  },
  cancel: async (ctx, intent) => {
    const id = await workId(ctx, textArg(intent, 'operation'));
    return started(await cancelOperation({ ctx, input: { id, reason: intent.reason } }));
  },
  'ops retry': async (ctx, intent) => {
    const id = await workId(ctx, textArg(intent, 'operation'));
    return started(await retryOperation({ ctx, input: { id, reason: intent.reason } }));
  },
};

/** The plan whose digest begins like this; the newest two tell whether it is the only one. */
export async function planByPrefix(
  { deps }: Context,
  prefix: string,
  cluster: string | null,
): Promise<{ digest: string; cluster: string }> {
  const digest = prefix.toLowerCase();
  const isHex = /^[0-9a-f]{6,64}$/.test(digest);
  const rows = !isHex
    ? []
    : await deps.store.read
        .select({ digest: plans.digest, cluster: plans.cluster })
        .from(plans)
        .where(and(like(plans.digest, `${digest}%`), cluster === null ? undefined : eq(plans.cluster, cluster)))
        .orderBy(desc(plans.createdAt))
        .limit(2);
  const [only, second] = rows;
  if (only !== undefined && second === undefined) return only;
  throw new AppError(
    only === undefined ? 'not_found' : 'invalid_input',
    only === undefined ? `There is no plan ${prefix}` : `More than one plan begins with ${prefix}`,
    { done: 'Nothing was changed.', next: 'Write the digest as the plan shows it; `plan in NAME` makes a new one.' },
  );
}
