import type { z } from 'zod';
import { AppError } from '#core/errors.ts';
import type { Operation } from '#core/operation.ts';
import { type PreflightWants, plainWants, wantsOf } from '#core/preflight/wants.ts';
import type { Spec } from '#core/spec/spec.ts';
import { isTakenDown } from '#core/spec/taken-down.ts';
import type { clusterPreflightSchema, preflightRequestSchema } from '#core/wire.ts';
import { authorise } from '../../access.ts';
import type { Call, Context } from '../../http/env.ts';
import { clusterRow } from '../../views/cluster.ts';
import { hostsWhere } from '../../views/host.ts';
import { targetOf } from '../clusters/target.ts';
import { nothingLeft } from '../clusters/nothing-there.ts';
import { anySpec } from '../clusters/put-spec.ts';
import { acceptOperation } from '../operations/accept.ts';

export type ClusterPreflight = z.output<typeof clusterPreflightSchema> & { cluster: string };

/**
 * The hosts of a cluster, for what its newest revision asks of them; of an adopted one, which has no revision, the
 * nodes that are registered. @throws AppError `not_found`, `conflict`
 */
export async function requestClusterPreflight({ ctx, input }: Call<ClusterPreflight>): Promise<Operation> {
  await authorise(ctx, 'hosts.preflight', input.cluster);
  const row = await clusterRow(ctx.deps.store.read, input.cluster);
  if (row.mode === 'adopted') {
    const hosts = Object.keys(row.nodes);
    const wants = { ...plainWants(hosts), managers: [] };
    return await accept(ctx, { hosts, wants, cluster: row.name, full: input.full, reason: input.reason });
  }
  const { revision } = await targetOf(ctx.deps.store.read, input.cluster, input.revision);
  if (isTakenDown(revision.spec)) throw nothingLeft(row.name);
  return await accept(ctx, {
    ...forSpec(revision.spec),
    cluster: input.cluster,
    full: input.full,
    reason: input.reason,
  });
}

export type PreflightHosts = z.output<typeof preflightRequestSchema>;

/**
 * Hosts that are named, or those of a spec that need not be proposed. Those of a cluster wait for their turn in it.
 * @throws AppError `invalid_input`, `invalid_spec`, `not_found`
 */
export async function requestPreflight({ ctx, input }: Call<PreflightHosts>): Promise<Operation> {
  await authorise(ctx, 'hosts.preflight');
  const { hosts: named, spec, full, reason } = input;
  if ((named.length === 0) === (spec === undefined)) {
    throw new AppError('invalid_input', 'A preflight is of hosts that are named, or of those of a spec', {
      done: 'Nothing was done.',
      issues: [{ pointer: '/hosts', message: 'name at least one, or send a spec instead' }],
    });
  }
  const wanted = spec === undefined ? { hosts: [...new Set(named)], wants: plainWants(named) } : forSpec(anySpec(spec));
  return await accept(ctx, { ...wanted, cluster: await clusterOf(ctx, wanted.hosts), full, reason });
}

const forSpec = (spec: Spec): { hosts: string[]; wants: PreflightWants } => ({
  hosts: Object.keys(spec.nodes),
  wants: wantsOf(spec),
});

/** The one cluster that some of them belong to; null when they belong to none. */
async function clusterOf(ctx: Context, hosts: readonly string[]): Promise<string | null> {
  const known = new Map((await hostsWhere(ctx.deps.store.read)).map((host) => [host.name, host]));
  const missing = hosts.filter((name) => !known.has(name));
  if (missing.length > 0) {
    throw new AppError('not_found', `There is no host ${missing.join(', ')}`, {
      done: 'Nothing was done.',
      next: `Register it with \`flotilla host add ${missing[0] ?? ''}\`.`,
    });
  }
  const clusters = new Set(hosts.flatMap((name) => known.get(name)?.cluster ?? []));
  const [only = null] = clusters;
  if (clusters.size <= 1) return only;
  throw new AppError('invalid_input', `These hosts are of several clusters: ${[...clusters].join(', ')}`, {
    done: 'Nothing was done.',
    next: 'Ask for each cluster by itself.',
  });
}

interface Accepted {
  hosts: string[];
  wants: PreflightWants;
  cluster: string | null;
  full: boolean;
  reason: string | null;
}

const accept = (ctx: Context, { hosts, wants, full, cluster, reason }: Accepted): Promise<Operation> =>
  acceptOperation(ctx, { request: { kind: 'preflight', hosts, wants, full }, cluster, reason });
