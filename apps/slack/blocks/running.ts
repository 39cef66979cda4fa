import {
  isIdle,
  isShort,
  type Running,
  type RunningNode,
  type RunningService,
  type RunningTask,
  updateText,
} from '#core/running.ts';

/** What runs, a line each; what is wrong comes first, since a message has an end. */
export function runningLines({ swarm, hosts }: Running): string[] {
  const unseen = Object.entries(hosts).flatMap(([host, seen]) => (seen.known ? [] : [`? ${host}: ${seen.reason}`]));
  const containers = Object.entries(hosts).flatMap(([host, seen]) =>
    seen.known ? seen.value.containers.map(({ name, status }) => `container ${name} on ${host}: ${status}`) : [],
  );
  if (!swarm.known) return [`? nodes and services: ${swarm.reason}`, ...unseen, ...containers];
  const { nodes, services } = swarm.value;
  const bad = nodes.filter((node) => !isWell(node));
  const short = services.filter(isShort);
  return [
    ...bad.map(nodeLine),
    ...short.flatMap((service) => [serviceLine(service), ...service.tasks.filter(isIdle).map(taskLine)]),
    ...unseen,
    ...nodes.filter(isWell).map(nodeLine),
    ...services.filter((service) => !isShort(service)).map(serviceLine),
    ...containers,
  ];
}

const isWell = ({ state, reachability }: RunningNode): boolean =>
  state === 'ready' && (reachability === null || reachability === 'reachable');

function nodeLine(node: RunningNode): string {
  const { host, hostname, role, leader, availability, state, message } = node;
  const marks = [leader ? 'leads' : '', availability === 'active' ? '' : availability, state, message];
  return `${isWell(node) ? '✓' : '✗'} node ${host ?? hostname}: ${[role, ...marks].filter((mark) => mark !== '').join(', ')}`;
}

function serviceLine(service: RunningService): string {
  const { name, running, wanted, update } = service;
  const counted = wanted === null ? 'no node runs it' : `${running} of ${wanted} tasks`;
  const note = update === null ? '' : `, update ${updateText(update)}`;
  return `${isShort(service) ? '✗' : '✓'} service ${name}: ${counted}${note}`;
}

const taskLine = ({ name, node, state, error, lastFailure }: RunningTask): string =>
  `    ${name}${node === null ? '' : ` on ${node}`}: ${state}${reasonOf(error || (lastFailure?.error ?? ''))}`;

const reasonOf = (error: string): string => (error === '' ? '' : `: ${error}`);
