import { and, eq, inArray } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import { isDown } from '#core/meant-cluster.ts';
import { deleteFrom, update } from '#db/change.ts';
import { noRow, someRow } from '#db/guard.ts';
import { clusters, hosts, operations, schedules } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import { commit, recordOf } from '../../commit.ts';
import type { Call } from '../../http/env.ts';
import { clusterRow } from '../../views/cluster.ts';
import { openStates } from '../operations/turn.ts';

/**
 * Looks at an adopted cluster no more. Nothing is touched on its hosts, which stay registered and belong to no cluster;
 * its reports and its record stay. @throws AppError `not_found`, `conflict` for one that is managed here, `busy`
 */
export async function forgetCluster({
  ctx,
  input: { cluster: name },
}: Call<{ cluster: string }>): Promise<{ forgotten: string }> {
  await authorise(ctx, 'cluster.adopt', name);
  const { read } = ctx.deps.store;
  const cluster = await clusterRow(read, name);
  if (cluster.mode === 'managed') throw isDown(cluster) ? hasNoSwarm(name) : isManaged(name);
  await commit(ctx.deps, {
    expects: [
      someRow(
        'it is adopted',
        read
          .select({ name: clusters.name })
          .from(clusters)
          .where(and(eq(clusters.name, name), eq(clusters.mode, 'adopted'))),
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
      update(hosts).set({ cluster: null }).where(eq(hosts.cluster, name)),
      deleteFrom(schedules).where(eq(schedules.cluster, name)),
      update(clusters).set({ swarmId: null, nodes: {}, adoption: null }).where(eq(clusters.name, name)),
    ],
    events: [
      recordOf(ctx, {
        action: 'cluster.forgotten',
        outcome: 'succeeded',
        cluster: name,
        target: { kind: 'cluster', id: name },
        details: { swarmId: cluster.swarmId },
      }),
    ],
  });
  return { forgotten: name };
}

const isManaged = (name: string): AppError =>
  new AppError('conflict', `The cluster ${name} was made here, so forgetting it would leave its swarm to nobody`, {
    done: 'Nothing was changed.',
    next: `Take it down instead: \`flotilla cluster rm ${name}\`.`,
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
