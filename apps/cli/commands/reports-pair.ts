import { apiOf } from '#cli/api.ts';
import { pairHistoryLines } from '#cli/output/reports-view.ts';
import type { Session } from '#cli/session.ts';
import { pickCluster } from './pick-cluster.ts';

export async function reportsPair(
  session: Session,
  from: string,
  to: string,
  { cluster: name, limit = 50 }: { cluster?: string; limit?: number },
): Promise<void> {
  const api = apiOf(session);
  const cluster = await pickCluster(api, name);
  const { items } = await api.ask(
    api.client.v1.clusters[':cluster'].pairs[':from'][':to'].$get({
      param: { cluster, from, to },
      query: { limit: String(Math.min(limit, 200)) },
    }),
  );
  session.show(items, () =>
    items.length === 0
      ? [`No verification of ${cluster} has tested ${from} → ${to}.`]
      : pairHistoryLines(items, Date.now(), session.layout()),
  );
}
