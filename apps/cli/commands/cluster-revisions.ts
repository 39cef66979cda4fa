import { apiOf } from '#cli/api.ts';
import { revisionsLines } from '#cli/output/revisions-view.ts';
import type { Session } from '#cli/session.ts';
import { pages } from './pages.ts';
import { pickCluster } from './pick-cluster.ts';

/** What the cluster was to be, change by change: where to go back to is found here. */
export async function clusterRevisions(
  session: Session,
  name: string | undefined,
  { limit = 20 }: { limit?: number },
): Promise<void> {
  const api = apiOf(session);
  const param = { cluster: await pickCluster(api, name) };
  const { items, isAll } = await pages(limit, (query) =>
    api.ask(api.client.v1.clusters[':cluster'].revisions.$get({ param, query })),
  );
  session.show(items, () =>
    items.length === 0
      ? ['No revisions.']
      : [...revisionsLines(items, Date.now(), session.layout()), ...(isAll ? [] : ['Older ones: --limit'])],
  );
}
