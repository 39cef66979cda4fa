import { apiOf } from '#cli/api.ts';
import { adoptedNetworksLines } from '#cli/output/adoption-view.ts';
import { networksLines } from '#cli/output/clusters-view.ts';
import type { Session } from '#cli/session.ts';
import { revisionOf } from './cluster-show.ts';
import { pickCluster } from './pick-cluster.ts';

/** The networks that the current revision of a cluster wants; of an adopted one those that were seen. */
export async function networkLs(session: Session, options: { cluster?: string }): Promise<void> {
  const api = apiOf(session);
  const cluster = await pickCluster(api, options.cluster);
  const { currentRevision, adoption } = await api.ask(api.client.v1.clusters[':cluster'].$get({ param: { cluster } }));
  if (adoption !== null) return session.show(adoption.networks, () => adoptedNetworksLines(adoption, session.layout()));
  const revision = currentRevision === null ? null : await revisionOf(api, cluster, currentRevision);
  session.show(revision?.spec.networks ?? {}, () =>
    revision === null || Object.keys(revision.spec.networks).length === 0
      ? [`${cluster} has no networks. Make one: flotilla network create`]
      : networksLines(revision, session.layout()),
  );
}
