import { apiOf } from '#cli/api.ts';
import { summariesLines } from '#cli/output/reports-view.ts';
import type { Session } from '#cli/session.ts';
import { pages } from './pages.ts';
import { pickCluster } from './pick-cluster.ts';

export async function reportsLs(
  session: Session,
  name: string | undefined,
  { limit = 20 }: { limit?: number },
): Promise<void> {
  const api = apiOf(session);
  const cluster = await pickCluster(api, name);
  const { items, isAll } = await pages(limit, (query) =>
    api.ask(api.client.v1.clusters[':cluster'].reports.$get({ param: { cluster }, query })),
  );
  session.show(items, () =>
    items.length === 0
      ? [`${cluster} has no reports yet. Make one: flotilla verify ${cluster}`]
      : [...summariesLines(items, Date.now(), session.layout()), ...(isAll ? [] : ['Older ones: --limit'])],
  );
}
