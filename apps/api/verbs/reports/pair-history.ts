import { desc, eq } from 'drizzle-orm';
import type { PairHistory } from '#core/reports/report.ts';
import { verifications } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';
import { clusterRow } from '../../views/cluster.ts';

export interface ShowPairHistory {
  cluster: string;
  from: string;
  to: string;
  limit: number;
}

/** What the newest verifications said of one ordered pair, newest first; those that did not test it are left out. */
export async function pairHistory({ ctx, input }: Call<ShowPairHistory>): Promise<{ items: PairHistory[] }> {
  const { cluster, from, to, limit } = input;
  await authorise(ctx, 'read', cluster);
  const { read } = ctx.deps.store;
  await clusterRow(read, cluster);
  const newest = await read
    .select({ id: verifications.id })
    .from(verifications)
    .where(eq(verifications.cluster, cluster))
    .orderBy(desc(verifications.id))
    .limit(limit);
  const items: PairHistory[] = [];
  for (const { id } of newest) {
    const row = await read.query.verifications.findFirst({ where: eq(verifications.id, id) });
    const { pairs = [], startedAt = '' } = row?.verification ?? {};
    items.push(
      ...pairs
        .filter((pair) => pair.from === from && pair.to === to)
        .map((pair) => ({ ...pair, report: id, startedAt })),
    );
    await othersFirst();
  }
  return { items };
}

/** Each is some megabytes where there are many hosts, and read while nothing else is answered. */
const othersFirst = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
