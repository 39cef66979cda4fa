import { findingOf } from '#core/causes/finding-of.ts';
import { noSpaceLeft } from '#core/diagnosis/disk.ts';
import { logsCommand } from '#core/logs.ts';
import { withStop } from '#core/sentence.ts';
import { type Breakage, isMountRefused } from './breakage.ts';

/** Whose service it is that does not run. */
export interface Where {
  service: string;
  cluster: string;
  /** Null where it fails on more than one. */
  host: string | null;
}

/** What went wrong, in one sentence. */
export function messageFor({ reason, inTheWay }: Breakage, { service, host }: Where): string {
  if (inTheWay === 'its other replicas')
    return `${service} has more replicas than nodes for its port, which its own other replicas hold: ${withStop(reason)}`;
  if (inTheWay === 'the one that it replaces')
    return `A task of ${service} waits for the port of the one that it replaces, which goes on: ${withStop(reason)}`;
  if (inTheWay === 'one that does not stop')
    return `A task of ${service} waits for the port of the one that it replaces, which was told to stop and does not end: ${withStop(reason)}`;
  return `${service} cannot start${host === null ? '' : ` on ${host}`}: ${withStop(reason)}`;
}

/** An update that nothing was wrong with, but its surroundings. */
export const takenFromText = (host: string, { service, cluster }: Where): { message: string; next: string } => ({
  message: `The swarm stopped the update of ${service}: it took a task off ${host} while it ran, as it does when a host goes down, is drained or no longer fits.`,
  next: `See whether ${host} is ready again with \`flotilla ps ${cluster}\`, then \`flotilla ops retry last\`.`,
});

/** What to do about it. */
export function nextFor({ code, reason, inTheWay }: Breakage, { service, cluster, host }: Where): string {
  if (inTheWay === 'its other replicas') return findingOf('port-of-own-replica', { values: { service } }).fix ?? '';
  if (inTheWay === 'the one that it replaces') return orderFix(service, cluster);
  if (inTheWay === 'one that does not stop')
    return `\`flotilla ps ${cluster}\` shows its nodes. One that is down never says that a task has ended: bring it back, or take it out with \`flotilla node rm\`; then \`flotilla ops retry last\`.`;
  if (inTheWay === 'others' && code === 'port_taken')
    return `\`docker ps --filter publish=PORT\` and \`ss -ltnp\` on ${host ?? 'the nodes'} name what has the port. Stop it, or publish another port; then \`flotilla ops retry last\`.`;
  if (code === 'image_not_found')
    return `Check the image name and that every node reaches the registry. Name another one with \`flotilla service update ${service} --image …\`, or apply the mended spec.`;
  if (reason.includes('early termination'))
    return 'If its tasks are there to end, write `deploy.update_config: { failure_action: continue }`: a swarm takes one that ends within `monitor` for one that failed.';
  if (reason.includes('non-zero exit'))
    return `\`${logsCommand('service', service, cluster)}\` shows what its tasks printed before they ended. Mend that, then \`flotilla ops retry last\`.`;
  if (noSpaceLeft.test(reason))
    return `${findingOf('disk-full', host === null ? {} : { hosts: [host] }).fix ?? ''} Then \`flotilla ops retry last\`.`;
  return isMountRefused(reason)
    ? 'Make that path on every node that may run it, or place it where the path is (`deploy.placement`), then retry.'
    : 'Mend the cause shown, then retry.';
}

const orderFix = (service: string, cluster: string): string =>
  `A port with \`mode: host\` is had by one task on each node, so \`order: start-first\` needs a node on which it is free. Write \`deploy.update_config: { order: stop-first }\` for ${service} and apply; \`flotilla service ps ${service} --cluster ${cluster}\` shows where its tasks are.`;
