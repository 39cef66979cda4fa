import type { Adoption } from '#core/adoption.ts';
import { stacksOf } from '#core/spec/stack.ts';
import type { RevisionView } from '#core/wire.ts';
import { apiOf } from '#cli/api.ts';
import { containersLines, servicesLines, stacksLines } from '#cli/output/wanted-view.ts';
import type { Session } from '#cli/session.ts';
import { revisionOf } from './cluster-show.ts';
import { pickCluster } from './pick-cluster.ts';

export interface WantedOptions {
  cluster?: string;
}

export interface Wanted {
  cluster: string;
  /** Null when nothing was applied yet, or the cluster was adopted. */
  revision: RevisionView | null;
  adoption: Adoption | null;
}

/** The current revision of a cluster; of an adopted one what was seen. */
export async function wantedOf(session: Session, options: WantedOptions): Promise<Wanted> {
  const api = apiOf(session);
  const cluster = await pickCluster(api, options.cluster);
  const { currentRevision, adoption } = await api.ask(api.client.v1.clusters[':cluster'].$get({ param: { cluster } }));
  const revision = currentRevision === null ? null : await revisionOf(api, cluster, currentRevision);
  return { cluster, revision, adoption };
}

export async function serviceLs(session: Session, options: WantedOptions): Promise<void> {
  const { cluster, revision, adoption } = await wantedOf(session, options);
  if (adoption !== null) return session.show(adoption.services, () => adoption.services);
  session.show(revision?.spec.services ?? {}, () =>
    revision === null || Object.keys(revision.spec.services).length === 0
      ? [`${cluster} has no services. Make one: flotilla service create`]
      : servicesLines(revision, session.layout()),
  );
}

export async function containerLs(session: Session, options: WantedOptions): Promise<void> {
  const { cluster, revision } = await wantedOf(session, options);
  session.show(revision?.spec.containers ?? {}, () =>
    revision === null || Object.keys(revision.spec.containers).length === 0
      ? [`${cluster} has no standalone containers. Run one: flotilla container run`]
      : containersLines(revision, session.layout()),
  );
}

export async function stackLs(session: Session, options: WantedOptions): Promise<void> {
  const { cluster, revision } = await wantedOf(session, options);
  const stacks = revision === null ? [] : Object.keys(stacksOf(revision.spec));
  session.show(stacks, () =>
    revision === null || stacks.length === 0
      ? [`${cluster} has no stacks. Deploy one: flotilla stack deploy`]
      : stacksLines(revision.spec, session.layout()),
  );
}
