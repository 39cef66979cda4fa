import { and, eq, gte, max, sql } from 'drizzle-orm';
import { type Guard, noRow, someRow } from '#db/guard.ts';
import { prepared, type Reader } from '#db/reader.ts';
import { clusters, revisions } from '#db/schema/index.ts';
import { type Template, template } from '#db/template.ts';
import type { ClusterRow } from '../../views/cluster.ts';

const ofCluster = eq(revisions.cluster, sql.placeholder('cluster'));

const lastNumber = prepared((read) =>
  read
    .select({ number: max(revisions.number) })
    .from(revisions)
    .where(ofCluster)
    .prepare(),
);

/** The number that the next revision of a cluster would get. */
export async function nextNumber(read: Reader, cluster: string): Promise<number> {
  const [last] = await lastNumber(read).execute({ cluster });
  return (last?.number ?? 0) + 1;
}

const clusterNamed = prepared((read): Template<{ name: string }> =>
  template(() =>
    read
      .select({ name: clusters.name })
      .from(clusters)
      .where(eq(clusters.name, sql.placeholder('name'))),
  ),
);

const clusterBasedOn = prepared((read): Template<{ name: string; current: number | null }> =>
  template(() =>
    read
      .select({ name: clusters.name })
      .from(clusters)
      .where(
        // `is` also holds for none and none.
        and(
          eq(clusters.name, sql.placeholder('name')),
          sql`${clusters.currentRevision} is ${sql.placeholder('current')}`,
        ),
      ),
  ),
);

const numberedFrom = prepared((read): Template<{ cluster: string; number: number }> =>
  template(() =>
    read
      .select({ number: revisions.number })
      .from(revisions)
      .where(and(ofCluster, gte(revisions.number, sql.placeholder('number')))),
  ),
);

/** The cluster is as it was read: the same current revision, and no newer number taken. */
export const unchanged = (read: Reader, name: string, cluster: ClusterRow | null, number: number): Guard[] => [
  cluster === null
    ? noRow('the cluster is new', clusterNamed(read)({ name }))
    : someRow('the base is still current', clusterBasedOn(read)({ name, current: cluster.currentRevision })),
  noRow('the number is free', numberedFrom(read)({ cluster: name, number })),
];
