import { AppError } from '#core/errors.ts';
import type { RevisionView } from '#core/wire.ts';
import { type Api, apiOf } from '#cli/api.ts';
import { readSpecFile } from '#cli/input/spec-file.ts';
import { variablesOf } from '#cli/input/variables.ts';
import type { Session } from '#cli/session.ts';
import { revisionOf } from './cluster-show.ts';
import { pickCluster } from './pick-cluster.ts';
import { propose, type Proposal } from './propose.ts';

export interface Subject {
  file?: string;
  envFile?: string;
  cluster?: string;
}

/** The spec of a file, proposed; without a file the current revision of a cluster, of which a plan shows drift. */
export const proposalOf = async (session: Session, subject: Subject, verb: string): Promise<Proposal> =>
  subject.file === undefined
    ? { revision: await currentRevision(apiOf(session), subject.cluster), isNew: false }
    : await proposed(session, { ...subject, file: subject.file }, verb);

async function proposed(session: Session, subject: Subject & { file: string }, verb: string): Promise<Proposal> {
  const { file, cluster, spec, located } = await readSpecFile(
    subject.file,
    await variablesOf(session.config, subject.envFile),
  );
  if (subject.cluster !== undefined && subject.cluster !== cluster)
    throw new AppError('invalid_input', `The file is for cluster ${cluster}, and --cluster says ${subject.cluster}`, {
      done: 'Nothing was sent.',
      next: 'Leave --cluster away: the file names its cluster.',
    });
  const api = apiOf(session);
  const json = { spec, origin: `${verb} -f ${file}` };
  return located(propose(api, api.client.v1.clusters[':cluster'].spec.$put({ param: { cluster }, json })));
}

async function currentRevision(api: Api, name: string | undefined): Promise<RevisionView> {
  const cluster = await pickCluster(api, name);
  const { currentRevision: current } = await api.ask(api.client.v1.clusters[':cluster'].$get({ param: { cluster } }));
  if (current === null)
    throw new AppError('conflict', `Nothing was applied to ${cluster} yet, so there is nothing to compare with`, {
      done: 'Nothing was changed.',
      next: `Apply a spec first: flotilla apply -f FILE`,
    });
  return revisionOf(api, cluster, current);
}
