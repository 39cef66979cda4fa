import { AppError } from '#core/errors.ts';
import { notAppliedText } from '#core/revision-summary.ts';
import { apiOf, type Api } from '#cli/api.ts';
import { clusterLines } from '#cli/output/clusters-view.ts';
import { specText } from '#cli/output/spec-text.ts';
import { scheduleText } from '#cli/output/reports-view.ts';
import type { Session } from '#cli/session.ts';
import { pickCluster } from './pick-cluster.ts';

/** A cluster with its current revision, or with the one that was asked for. */
export async function clusterShow(
  session: Session,
  name: string | undefined,
  options: { revision?: number; spec?: boolean },
): Promise<void> {
  const api = apiOf(session);
  const { client, ask } = api;
  const cluster = await ask(client.v1.clusters[':cluster'].$get({ param: { cluster: await pickCluster(api, name) } }));
  const number = options.revision ?? cluster.currentRevision;
  const revision = number === null ? null : await revisionOf(api, cluster.name, number);
  if (options.spec === true) {
    if (revision === null) throw nothingApplied(cluster.name);
    session.show(revision.spec, () => [specText(revision.spec).trimEnd()]);
    return;
  }
  const { schedule } = await ask(client.v1.clusters[':cluster'].schedule.$get({ param: { cluster: cluster.name } }));
  const notApplied = notAppliedText(cluster);
  session.show({ cluster, revision, schedule }, () => [
    ...clusterLines(cluster, revision, session.layout()),
    '',
    ...(notApplied === null ? [] : [`${session.out.paint.yellow('!')} ${notApplied}`]),
    scheduleText(schedule, Date.now()),
  ]);
}

const nothingApplied = (cluster: string): AppError =>
  new AppError('conflict', `${cluster} has no spec yet`, {
    done: 'Nothing was changed.',
    next: `Of a swarm that runs already one is written by \`flotilla cluster adopt ${cluster} --from HOST --write-spec FILE\`.`,
  });

/** @throws AppError `not_found` */
export const revisionOf = ({ client, ask }: Api, cluster: string, number: number) =>
  ask(client.v1.clusters[':cluster'].revisions[':number'].$get({ param: { cluster, number: String(number) } }));
