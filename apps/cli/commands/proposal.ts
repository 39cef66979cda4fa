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
  takeOver?: boolean;
}

/** The spec of a file, proposed; without a file the current revision of a cluster, of which a plan shows drift. */
export async function proposalOf(session: Session, subject: Subject, verb: string): Promise<Proposal> {
  const { file, cluster, takeOver } = subject;
  if (file !== undefined) return await proposed(session, { ...subject, file }, verb);
  if (takeOver === true) throw needsFile();
  return { revision: await currentRevision(apiOf(session), cluster), isNew: false };
}

const needsFile = (): AppError =>
  new AppError('invalid_input', '--take-over takes over what a spec names, and there is none', {
    done: 'Nothing was sent.',
    next: 'Name the file: -f FILE. `flotilla cluster adopt NAME --from HOST --write-spec FILE` writes one of what runs.',
  });

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
  const takeOver = subject.takeOver === true;
  const json = { spec, origin: `${verb} -f ${file}${takeOver ? ' --take-over' : ''}`, takeOver };
  return located(propose(api, api.client.v1.clusters[':cluster'].spec.$put({ param: { cluster }, json })));
}

const notManaged = (cluster: string): AppError =>
  new AppError('adopted_read_only', `${cluster} is not managed here, so there is nothing to compare with`, {
    done: 'Nothing was changed.',
    next: `\`flotilla cluster adopt ${cluster} --from HOST --write-spec ${cluster}.yaml\` writes what runs, and \`flotilla apply -f ${cluster}.yaml --take-over\` takes it over without a restart.`,
  });

async function currentRevision(api: Api, name: string | undefined): Promise<RevisionView> {
  const cluster = await pickCluster(api, name);
  const { currentRevision: current, mode } = await api.ask(
    api.client.v1.clusters[':cluster'].$get({ param: { cluster } }),
  );
  if (current === null && mode === 'adopted') throw notManaged(cluster);
  if (current === null)
    throw new AppError('conflict', `Nothing was applied to ${cluster} yet, so there is nothing to compare with`, {
      done: 'Nothing was changed.',
      next: `Apply a spec first: flotilla apply -f FILE`,
    });
  return revisionOf(api, cluster, current);
}
