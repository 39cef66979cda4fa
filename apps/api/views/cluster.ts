import { eq, isNotNull, or } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import type { ClusterView } from '#core/wire.ts';
import { kept } from '#db/kept.ts';
import { clusters } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';

export type ClusterRow = typeof clusters.$inferSelect;

/** @throws AppError `not_found` */
export async function clusterRow(read: Reader, name: string): Promise<ClusterRow> {
  const row = await clusterRowOrNull(read, name);
  if (row === null) {
    throw new AppError('not_found', `There is no cluster ${name}`, {
      next: 'List them with `flotilla cluster ls`, or make it with `flotilla cluster create`.',
    });
  }
  return row;
}

export const clusterRowOrNull = kept(
  [clusters],
  async (read, name: string): Promise<ClusterRow | null> =>
    (await read.query.clusters.findFirst({ where: eq(clusters.name, name) })) ?? null,
);

/** Without adopted ones that are forgotten: nobody looks at them, and their rows stay for what names them. */
export const notForgotten = or(eq(clusters.mode, 'managed'), isNotNull(clusters.swarmId));

/** An adopted cluster is looked at, and not changed before it is taken over. @throws AppError `adopted_read_only` */
export function refuseAdopted(
  cluster: Pick<ClusterRow, 'name' | 'mode' | 'swarmId' | 'adoption'> | null,
  { takesOver = false } = {},
): void {
  if (cluster?.mode !== 'adopted') return;
  const { name } = cluster;
  if (takesOver && cluster.swarmId !== null) return;
  if (cluster.swarmId === null)
    throw new AppError('adopted_read_only', `${name} is what an adopted swarm is called that is forgotten by now`, {
      done: 'Nothing was changed.',
      next: `Choose another name: this one stays with its record. \`flotilla cluster adopt ${name} --from HOST\` looks at the swarm again.`,
    });
  throw new AppError('adopted_read_only', `${name} was adopted, so Flotilla looks at it and changes nothing of it`, {
    done: 'Nothing was changed.',
    next: `Change it as before, with Docker. To manage it from here: \`flotilla cluster adopt ${name} --from ${cluster.adoption?.manager ?? 'HOST'} --write-spec ${name}.yaml\` writes what runs, and \`flotilla apply -f ${name}.yaml --take-over\` takes it over without a restart.`,
  });
}

export const clusterOf = (row: ClusterRow): ClusterView => ({
  name: row.name,
  swarmId: row.swarmId,
  nodes: row.nodes,
  currentRevision: row.currentRevision,
  mode: row.mode,
  adoption: row.adoption,
  createdAt: row.createdAt,
});
