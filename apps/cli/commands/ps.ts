import { AppError, exitCodeOf } from '#core/errors.ts';
import { nameList } from '#core/name-list.ts';
import { notAppliedText } from '#core/revision-summary.ts';
import { type Running, unseenOf } from '#core/running.ts';
import { type Api, apiOf } from '#cli/api.ts';
import { nodesLines, provedText, runningLines, serviceLines } from '#cli/output/running-view.ts';
import { conclude } from '#cli/progress/conclude.ts';
import { runToEnd } from '#cli/progress/run-to-end.ts';
import type { Session } from '#cli/session.ts';
import { oneName, pickCluster } from './pick-cluster.ts';

interface OfCluster {
  cluster?: string;
}

/**
 * What runs in a cluster now, as its managers and hosts say, and when its networks were last proved. Where it could not
 * look everywhere it shows what it saw, and exits like a look at the host that did not answer.
 */
export async function ps(session: Session, name: string | undefined, options: OfCluster): Promise<number> {
  const api = apiOf(session);
  const cluster = await pickCluster(api, oneName(name, options.cluster));
  return lookAt(session, cluster, async (running) => {
    const [last, stand] = await Promise.all([
      lastReport(api, cluster),
      api.ask(api.client.v1.clusters[':cluster'].$get({ param: { cluster } })),
    ]);
    const notApplied = notAppliedText(stand);
    const unseen = unseenText(running);
    session.show(running, () => [
      ...runningLines(running, { ...session.layout(), cluster }),
      '',
      ...(notApplied === null ? [] : [`${session.out.paint.yellow('!')} ${notApplied}`]),
      provedText(cluster, last, Date.now()),
    ]);
    if (unseen === null) return 0;
    session.err.write(`${session.err.paint.yellow('!')} ${unseen}\n`);
    return exitCodeOf('host_unreachable');
  });
}

/** What of the cluster this was not; null where everything was seen. */
function unseenText(running: Running): string | null {
  const { swarm, hosts } = unseenOf(running);
  const unseen = [
    ...(swarm ? ['no manager answered'] : []),
    ...(hosts.length === 0 ? [] : [`${nameList(hosts)} could not be seen`]),
  ];
  return unseen.length === 0 ? null : `This is not all: ${unseen.join(', and ')}.`;
}

/** Nodes alone, as `docker node ls` shows them. @throws AppError `engine_unreachable` when no manager answers */
export async function nodeLs(session: Session, options: OfCluster): Promise<number> {
  return lookAt(session, await pickCluster(apiOf(session), options.cluster), (running) => {
    const { nodes } = swarmOf(running);
    session.show(nodes, () => nodesLines(running, nodes, session.layout()));
    return 0;
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
    return 0;
  });
}

/** Looks, and shows what was seen, which gives the exit code; nothing seen is told as the operation's own failure. */
async function lookAt(
  session: Session,
  cluster: string,
  show: (running: Running) => number | Promise<number>,
): Promise<number> {
  const { client, ask } = apiOf(session);
  const { id } = await ask(client.v1.clusters[':cluster'].ps.$post({ param: { cluster }, json: {} }));
  const ended = await runToEnd(session, id, { summary: false });
  const exitCode = conclude(session, ended);
  const { running } = ended.progress;
  if (running === null) session.show({ error: ended.view.error }, () => []);
  const shown = running === null ? 0 : await show(running);
  return exitCode === 0 ? shown : exitCode;
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
