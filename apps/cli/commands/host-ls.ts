import { naturally } from '#core/natural-order.ts';
import { apiOf } from '#cli/api.ts';
import { hostsLines } from '#cli/output/hosts-view.ts';
import type { Session } from '#cli/session.ts';

export async function hostLs(session: Session): Promise<void> {
  const { client, ask } = apiOf(session);
  const { items } = await ask(client.v1.hosts.$get());
  session.show(items, () =>
    items.length === 0
      ? ['No hosts yet. Add one: flotilla host add h1 root@10.0.0.11 --accept-new']
      : hostsLines(
          items.toSorted((a, b) => naturally(a.name, b.name)),
          Date.now(),
          session.layout(),
        ),
  );
}
