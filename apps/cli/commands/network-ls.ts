import { adoptedNetworksLines } from '#cli/output/adoption-view.ts';
import { networksLines } from '#cli/output/clusters-view.ts';
import type { Session } from '#cli/session.ts';
import { wantedOf, type WantedOptions } from './wanted-ls.ts';

/** The networks that the current revision of a cluster wants; of an adopted one those that were seen. */
export async function networkLs(session: Session, options: WantedOptions): Promise<void> {
  const { cluster, revision, adoption } = await wantedOf(session, options);
  if (adoption !== null) return session.show(adoption.networks, () => adoptedNetworksLines(adoption, session.layout()));
  session.show(revision?.spec.networks ?? {}, () =>
    revision === null || Object.keys(revision.spec.networks).length === 0
      ? [`${cluster} has no networks. Make one: flotilla network create`]
      : networksLines(revision, session.layout()),
  );
}
