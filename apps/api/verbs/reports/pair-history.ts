import type { PairHistory } from '#core/reports/report.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';
import { clusterRow } from '../../views/cluster.ts';
import { newestReports } from './list.ts';

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
  await clusterRow(ctx.deps.store.read, cluster);
  const reports = await newestReports(ctx.deps.store.read, { cluster, limit });
  return {
    items: reports
      .filter(({ kind }) => kind === 'verification')
      .flatMap(({ id, startedAt, pairs }) =>
        pairs
          .filter((pair) => pair.from === from && pair.to === to)
          .map((pair) => ({ ...pair, report: id, startedAt })),
      ),
  };
}
