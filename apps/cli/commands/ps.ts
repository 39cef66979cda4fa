import { AppError } from '#core/errors.ts';
import type { Running } from '#core/running.ts';
import { type Api, apiOf } from '#cli/api.ts';
import { nodesLines, provedText, runningLines, serviceLines } from '#cli/output/running-view.ts';
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
  return lookAt(session, cluster, async (running) => {
    const last = await lastReport(api, cluster);
    session.show(running, () => [
      ...runningLines(running, { ...session.layout(), cluster }),
      '',
      provedText(cluster, last, Date.now()),
    ]);
  });
}

/** Nodes alone, as `docker node ls` shows them. @throws AppError `engine_unreachable` when no manager answers */
export async function nodeLs(session: Session, options: OfCluster): Promise<number> {
  return lookAt(session, await pickCluster(apiOf(session), options.cluster), (running) => {
    const { nodes } = swarmOf(running);
    session.show(nodes, () => nodesLines(running, nodes, session.layout()));
  });
}

/** The tasks of one service. @throws AppError `not_found`; `engine_unreachable` when no manager answers */
export async function servicePs(session: Session, name: string, options: OfCluster): Promise<number> {
  const cluster = await pickCluster(apiOf(session), options.cluster);
  return lookAt(session, cluster, (running) => {
    const { services } = swarmOf(running);
    const found = services.find((service) => service.name === name);
    if (found === undefined) {
      throw new AppError('not_found', `The swarm of ${cluster} has no service ${name}.`, {
        done: 'Nothing was changed.',
        next: `It has: ${services.map((service) => service.name).join(', ') || 'none'}.`,
      });
    }
    session.show(found, () => serviceLines(found, Date.now(), { ...session.layout(), cluster }));
  });
}

/** Looks, and shows what was seen; nothing seen is told as the operation's own failure. Gives the exit code. */
async function lookAt(
  session: Session,
  cluster: string,
  show: (running: Running) => void | Promise<void>,
): Promise<number> {
  const { client, ask } = apiOf(session);
  const { id } = await ask(client.v1.clusters[':cluster'].ps.$post({ param: { cluster }, json: {} }));
  const ended = await runToEnd(session, id, { summary: false });
  const exitCode = conclude(session, ended);
  const { running } = ended.progress;
  if (running === null) session.show({ error: ended.view.error }, () => []);
  else await show(running);
  return exitCode;
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
