import { apiOf } from '#cli/api.ts';
import { agree } from '#cli/input/agree.ts';
import type { Session } from '#cli/session.ts';

/** Looks at an adopted cluster no more. */
export async function clusterForget(session: Session, name: string, { yes = false }: { yes?: boolean }): Promise<void> {
  const { client, ask } = apiOf(session);
  await agree(session, yes, `Look at the cluster ${name} no more? Nothing on its hosts is touched.`);
  const forgotten = await ask(client.v1.clusters[':cluster'].$delete({ param: { cluster: name } }));
  session.show(forgotten, () => [
    `Cluster ${name} is forgotten; its hosts stay registered. To look at it again: flotilla cluster adopt ${name} --from HOST`,
  ]);
}
