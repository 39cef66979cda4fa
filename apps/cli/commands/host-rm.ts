import { apiOf } from '#cli/api.ts';
import { agree } from '#cli/input/agree.ts';
import type { Session } from '#cli/session.ts';

export async function hostRm(session: Session, name: string, { yes = false }: { yes?: boolean }): Promise<void> {
  const { client, ask } = apiOf(session);
  await agree(session, yes, `Forget host ${name} and its pinned key? Nothing on it is touched.`);
  const removed = await ask(client.v1.hosts[':name'].$delete({ param: { name } }));
  session.show(removed, () => [`Host ${name} is forgotten.`]);
}
