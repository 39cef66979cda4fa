import { AppError } from '#core/errors.ts';
import type { RevisionView } from '#core/wire.ts';
import { apiOf } from '#cli/api.ts';
import { readSpecFile } from '#cli/input/spec-file.ts';
import { planLines } from '#cli/output/plan-view.ts';
import type { Session } from '#cli/session.ts';
import { revisionOf } from './cluster-show.ts';
import { pickCluster } from './pick-cluster.ts';
import { makePlan } from './plan-and-apply.ts';
import { propose, takeBack, type Proposal } from './propose.ts';

export interface PlanOptions {
  file?: string;
  cluster?: string;
}

/** Plans a file, or the current revision of a cluster: what is shown then is drift. Changes nothing on any host. */
export async function plan(session: Session, options: PlanOptions): Promise<number> {
  const proposal =
    options.file === undefined
      ? { revision: await currentRevision(session, options), isNew: false }
      : await proposed(session, options.file, options);
  try {
    const made = await makePlan(session, proposal.revision);
    if (typeof made === 'number') return made;
    session.show(made, () => planLines(made, { ...session.layout(), known: proposal.revision.decisions }));
    return 0;
  } finally {
    await takeBack(apiOf(session), proposal, 'planned only');
  }
}

async function proposed(session: Session, path: string, options: PlanOptions): Promise<Proposal> {
  const { file, cluster, spec, located } = await readSpecFile(path);
  if (options.cluster !== undefined && options.cluster !== cluster)
    throw new AppError('invalid_input', `The file is for cluster ${cluster}, and --cluster says ${options.cluster}`, {
      done: 'Nothing was sent.',
      next: 'Leave --cluster away: the file names its cluster.',
    });
  const api = apiOf(session);
  const json = { spec, origin: `plan -f ${file}` };
  return located(propose(api, api.client.v1.clusters[':cluster'].spec.$put({ param: { cluster }, json })));
}

async function currentRevision(session: Session, options: PlanOptions): Promise<RevisionView> {
  const api = apiOf(session);
  const cluster = await pickCluster(api, options.cluster);
  const { currentRevision } = await api.ask(api.client.v1.clusters[':cluster'].$get({ param: { cluster } }));
  if (currentRevision === null)
    throw new AppError('conflict', `Nothing was applied to ${cluster} yet, so there is nothing to compare with`, {
      done: 'Nothing was changed.',
      next: `Apply a spec first: flotilla apply -f FILE`,
    });
  return revisionOf(api, cluster, currentRevision);
}
