import { apiOf } from '#cli/api.ts';
import { agree } from '#cli/input/agree.ts';
import { seeThrough } from '#cli/progress/see-through.ts';
import type { Session } from '#cli/session.ts';

export interface RestartOptions {
  reason: string;
  yes?: boolean;
}

export async function hostRestartEngine(
  session: Session,
  name: string,
  { reason, yes = false }: RestartOptions,
): Promise<number> {
  const { client, ask } = apiOf(session);
  await agree(session, yes, `Restart the Docker Engine of ${name}? Containers without a restart policy stop.`);
  const { id } = await ask(client.v1.hosts[':name']['restart-engine'].$post({ param: { name }, json: { reason } }));
  return seeThrough(session, id);
}
