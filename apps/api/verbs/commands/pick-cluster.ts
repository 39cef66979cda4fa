import { asc } from 'drizzle-orm';
import type { Intent } from '#core/command/command.ts';
import { AppError } from '#core/errors.ts';
import { meantCluster } from '#core/meant-cluster.ts';
import { clusters } from '#db/schema/index.ts';
import type { Context } from '../../http/env.ts';
import { notForgotten } from '../../views/cluster.ts';

/** The cluster that was named, or the only one there is, or that is not taken down. @throws AppError `invalid_input`, `not_found` */
export async function clusterFor({ deps }: Context, { cluster, command }: Intent): Promise<string> {
  if (cluster !== null) return cluster;
  const rows = await deps.store.read
    .select({ name: clusters.name, swarmId: clusters.swarmId, currentRevision: clusters.currentRevision })
    .from(clusters)
    .where(notForgotten)
    .orderBy(asc(clusters.name));
  const meant = meantCluster(rows);
  if (meant !== null) return meant.name;
  if (rows.length === 0) {
    throw new AppError('not_found', 'There is no cluster yet', {
      done: 'Nothing was done.',
      next: 'Make one: `cluster create NAME`.',
    });
  }
  throw new AppError('invalid_input', `\`${command}\` does not say of which cluster`, {
    done: 'Nothing was done.',
    next: `Add \`in NAME\`: ${rows
      .slice(0, 9)
      .map(({ name }) => name)
      .join(', ')}.`,
  });
}
