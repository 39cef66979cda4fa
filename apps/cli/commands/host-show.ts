import { apiOf } from '#cli/api.ts';
import { hostLines } from '#cli/output/hosts-view.ts';
import type { Session } from '#cli/session.ts';

export async function hostShow(session: Session, name: string): Promise<void> {
  const { client, ask } = apiOf(session);
  const host = await ask(client.v1.hosts[':name'].$get({ param: { name } }));
  session.show(host, () => hostLines(host, Date.now(), session.layout()));
}
