import { apiOf } from '#cli/api.ts';
import { clustersLines } from '#cli/output/clusters-view.ts';
import type { Session } from '#cli/session.ts';

export async function clusterLs(session: Session): Promise<void> {
  const { client, ask } = apiOf(session);
  const { items } = await ask(client.v1.clusters.$get());
  session.show(items, () =>
    items.length === 0
      ? ['No clusters yet. Make one: flotilla apply -f FILE, or flotilla cluster create']
      : clustersLines(items, Date.now(), session.layout()),
  );
}
