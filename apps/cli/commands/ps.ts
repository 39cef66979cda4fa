import { AppError } from '#core/errors.ts';
import type { Running } from '#core/running.ts';
import { type Api, apiOf } from '#cli/api.ts';
import { nodesLines, provedText, runningLines, shortImage, tasksLines } from '#cli/output/running-view.ts';
import { conclude } from '#cli/progress/conclude.ts';
import { runToEnd } from '#cli/progress/run-to-end.ts';
import type { Session } from '#cli/session.ts';
import { oneName, pickCluster } from './pick-cluster.ts';

interface OfCluster {
  cluster?: string;
}

/** What runs in a cluster now, as its managers and hosts say, and when its networks were last proved. */
export async function ps(session: Session, name: string | undefined, options: OfCluster): Promise<number> {
  const api = apiOf(session);
  const cluster = await pickCluster(api, oneName(name, options.cluster));
  const { running, exitCode, error } = await lookAt(session, api, cluster);
  const last = running === null ? undefined : await lastReport(api, cluster);
  session.show(running ?? { error }, () =>
    running === null ? [] : [...runningLines(running, session.layout()), '', provedText(cluster, last, Date.now())],
  );
  return exitCode;
}

/** Nodes alone, as `docker node ls` shows them. @throws AppError `engine_unreachable` when no manager answers */
export async function nodeLs(session: Session, options: OfCluster): Promise<number> {
  const api = apiOf(session);
  const { running, exitCode, error } = await lookAt(session, api, await pickCluster(api, options.cluster));
  if (running === null) {
    session.show({ error }, () => []);
    return exitCode;
  }
  const { nodes } = swarmOf(running);
  session.show(nodes, () => nodesLines(running, nodes, session.layout()));
  return exitCode;
}

/** The tasks of one service. @throws AppError `not_found`; `engine_unreachable` when no manager answers */
export async function servicePs(session: Session, service: string, options: OfCluster): Promise<number> {
  const api = apiOf(session);
  const cluster = await pickCluster(api, options.cluster);
  const { running, exitCode, error } = await lookAt(session, api, cluster);
  if (running === null) {
    session.show({ error }, () => []);
    return exitCode;
  }
  const { services } = swarmOf(running);
  const found = services.find(({ name }) => name === service);
  if (found === undefined) {
    throw new AppError('not_found', `The swarm of ${cluster} has no service ${service}.`, {
      done: 'Nothing was changed.',
      next: `It has: ${services.map(({ name }) => name).join(', ') || 'none'}.`,
    });
  }
  session.show(found, () => [
    `${service}: ${found.running} of ${found.wanted ?? 'no'} tasks run ${shortImage(found.image)}`,
    ...(found.update === null ? [] : [`update ${found.update.state.replaceAll('_', ' ')}: ${found.update.message}`]),
    '',
    ...(found.tasks.length === 0 ? ['No tasks.'] : tasksLines(found.tasks, Date.now(), session.layout())),
  ]);
  return exitCode;
}

async function lookAt(session: Session, api: Api, cluster: string) {
  const { id } = await api.ask(api.client.v1.clusters[':cluster'].ps.$post({ param: { cluster }, json: {} }));
  const ended = await runToEnd(session, id, { summary: false });
  const exitCode = conclude(session, ended);
  return { running: ended.progress.running, exitCode, error: ended.view.error };
}

function swarmOf({ swarm }: Running) {
  if (swarm.known) return swarm.value;
  throw new AppError('engine_unreachable', swarm.reason, {
    done: 'Nothing was changed.',
    next: 'See what the hosts themselves say: `flotilla ps`.',
  });
}

/** The newest verification among the last reports; preflights are reports as well. */
async function lastReport({ client, ask }: Api, cluster: string) {
  const query = { limit: '20' };
  const { items } = await ask(client.v1.clusters[':cluster'].reports.$get({ param: { cluster }, query }));
  return items.find(({ kind }) => kind === 'verification');
}
