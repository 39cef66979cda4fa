import { and, asc, gt } from 'drizzle-orm';
import type { ClusterView } from '#core/wire.ts';
import { clusters } from '#db/schema/index.ts';
import type { Call } from '../../http/env.ts';
import { type NamedPage, namedPageMax, pageByName } from '../../http/page.ts';
import { isVisible, visibleTo } from '../../visible.ts';
import { clusterOf, notForgotten } from '../../views/cluster.ts';

/** Clusters by name, without adopted ones that are forgotten; the cursor is the last name of the page before. */
export async function listClusters({
  ctx,
  input: { cursor, limit = namedPageMax },
}: Call<Partial<NamedPage>>): Promise<{ items: ClusterView[]; next: string | null }> {
  const seen = isVisible(clusters.name, await visibleTo(ctx, 'read'));
  const after = cursor === undefined ? undefined : gt(clusters.name, cursor);
  const { read } = ctx.deps.store;
  const rows = await read
    .select()
    .from(clusters)
    .where(and(after, seen, notForgotten))
    .orderBy(asc(clusters.name))
    .limit(limit + 1);
  return pageByName(
    rows.map((row) => clusterOf(row)),
    limit,
  );
}
