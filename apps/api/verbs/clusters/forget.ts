import { and, eq, inArray } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import { isDown } from '#core/meant-cluster.ts';
import { type Change, deleteFrom, update } from '#db/change.ts';
import { noRow, someRow } from '#db/guard.ts';
import { clusters, hosts, operations, revisions, schedules } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import { commit, recordOf } from '../../commit.ts';
import type { Call } from '../../http/env.ts';
import { clusterRow } from '../../views/cluster.ts';
import { openStates } from '../operations/turn.ts';
import { passForget } from './pass-forget.ts';

/**
 * Lets go of a cluster. Nothing is touched on its hosts, which stay registered and belong to no cluster; its revisions, its
 * reports and its record stay. From then on it is as one that was adopted and is looked at no more.
 * @throws AppError `not_found`, `conflict` for one that has no swarm, `busy`, `locked`, `forbidden` where others approve
 */
export async function forgetCluster({
  ctx,
  input: { cluster: name },
}: Call<{ cluster: string }>): Promise<{ forgotten: string }> {
  await authorise(ctx, 'cluster.adopt', name);
  const { read } = ctx.deps.store;
  const cluster = await clusterRow(read, name);
  if (cluster.mode === 'managed') await authorise(ctx, 'cluster.apply', name);
  if (cluster.mode === 'managed' && cluster.swarmId === null)
    throw isDown(cluster) ? hasNoSwarm(name) : notFormed(name);
  const pass = cluster.mode === 'managed' ? await passForget(ctx, name) : null;
  await commit(ctx.deps, {
    expects: [
      ...(pass?.expects ?? []),
      someRow(
        'it is as it was read',
        read
          .select({ name: clusters.name })
          .from(clusters)
          .where(and(eq(clusters.name, name), eq(clusters.mode, cluster.mode))),
      ),
      noRow(
        'nothing of it is unfinished',
        read
          .select({ id: operations.id })
          .from(operations)
          .where(and(eq(operations.cluster, name), inArray(operations.state, openStates))),
        () => isBusy(name),
      ),
    ],
    changes: [
      ...(pass?.changes ?? []),
      update(hosts).set({ cluster: null }).where(eq(hosts.cluster, name)),
      deleteFrom(schedules).where(eq(schedules.cluster, name)),
      ...revisionsLetGo(name),
      update(clusters)
        .set({ mode: 'adopted', swarmId: null, nodes: {}, adoption: null, currentRevision: null })
        .where(eq(clusters.name, name)),
    ],
    events: [
      ...(pass?.events ?? []),
      recordOf(ctx, {
        action: 'cluster.forgotten',
        outcome: 'succeeded',
        cluster: name,
        target: { kind: 'cluster', id: name },
        details: { swarmId: cluster.swarmId, mode: cluster.mode, revision: cluster.currentRevision },
      }),
    ],
  });
  return { forgotten: name };
}

/** None is in force any more, and none is to be applied. */
const revisionsLetGo = (name: string): Change[] =>
  [{ from: 'current', to: 'superseded' } as const, { from: 'proposed', to: 'withdrawn' } as const].map(({ from, to }) =>
    update(revisions)
      .set({ state: to })
      .where(and(eq(revisions.cluster, name), eq(revisions.state, from))),
  );

const notFormed = (name: string): AppError =>
  new AppError('conflict', `The cluster ${name} has no swarm yet that could be let go`, {
    done: 'Nothing was changed.',
    next: `Its proposals are taken back by \`flotilla cluster rm ${name}\`.`,
  });

const hasNoSwarm = (name: string): AppError =>
  new AppError('conflict', `The cluster ${name} has no swarm now, and its name stays for its record`, {
    done: 'Nothing was changed.',
    next: `Commands that name no cluster pass over one that was taken down. \`flotilla rollback N -c ${name}\` forms it anew.`,
  });

const isBusy = (name: string): AppError =>
  new AppError('busy', `Something of ${name} is not finished`, {
    done: 'Nothing was changed.',
    next: `Wait for it, or cancel it: \`flotilla ops ls --cluster ${name}\`.`,
  });
