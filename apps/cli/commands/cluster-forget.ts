import { apiOf } from '#cli/api.ts';
import { agree } from '#cli/input/agree.ts';
import type { Session } from '#cli/session.ts';

/** Lets go of a cluster: it is looked at and changed no more, and goes on running. */
export async function clusterForget(session: Session, name: string, { yes = false }: { yes?: boolean }): Promise<void> {
  const { client, ask } = apiOf(session);
  const { mode, currentRevision } = await ask(client.v1.clusters[':cluster'].$get({ param: { cluster: name } }));
  const isManaged = mode === 'managed';
  const what = isManaged
    ? `Let go of the cluster ${name}, and manage it no more?`
    : `Look at the cluster ${name} no more?`;
  await agree(session, yes, `${what} Nothing on its hosts is touched.`);
  const forgotten = await ask(client.v1.clusters[':cluster'].$delete({ param: { cluster: name } }));
  session.show(forgotten, () => [
    `Cluster ${name} is forgotten; all of it goes on running, and its hosts stay registered. To look at it again: flotilla cluster adopt ${name} --from HOST`,
    ...(isManaged && currentRevision !== null
      ? [
          `What was to run stays on record: \`flotilla cluster show ${name} --revision ${currentRevision} --spec\`. Labels of Flotilla stay on what it made.`,
        ]
      : []),
  ]);
}
