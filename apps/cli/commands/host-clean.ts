import { apiOf } from '#cli/api.ts';
import { agree } from '#cli/input/agree.ts';
import { seeThrough } from '#cli/progress/see-through.ts';
import type { Session } from '#cli/session.ts';

export async function hostClean(session: Session, name: string, { yes = false }: { yes?: boolean }): Promise<number> {
  const { client, ask } = apiOf(session);
  await agree(session, yes, `Remove the probe image and what probing left on ${name}?`);
  const { id } = await ask(client.v1.hosts[':name'].clean.$post({ param: { name }, json: {} }));
  return seeThrough(session, id);
}
