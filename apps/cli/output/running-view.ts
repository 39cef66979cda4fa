import { logsCommand, type LogsRequest } from '#core/logs.ts';
import type { ReportSummary } from '#core/reports/report.ts';
import {
  isIdle,
  isShort,
  type Running,
  type RunningNode,
  type RunningService,
  type RunningTask,
  updateText,
} from '#core/running.ts';
import { naturally } from '#core/natural-order.ts';
import { ago, count } from './duration.ts';
import { shortDigests } from './image-text.ts';
import { noColours, type Paint } from './paint.ts';
import { table, type TableOptions } from './table.ts';

/** `cluster`: for the commands that show what was printed. */
type RunningOptions = TableOptions & { cluster?: string };

/** What runs: nodes, services and those of their tasks that do not run, containers; what could not be seen says why. */
export function runningLines(seen: Running, options: RunningOptions = {}): string[] {
  const { bold, yellow } = options.paint ?? noColours;
  const { swarm } = seen;
  const parts = swarm.known
    ? [
        [bold('Nodes'), ...nodesLines(seen, swarm.value.nodes, options)],
        [bold('Services'), ...runningServicesLines(swarm.value.services, options)],
        titled(bold('Tasks that do not run'), [
          ...idleLines(swarm.value.services, Date.parse(seen.at), options),
          ...printedHint('service', withIdle(swarm.value.services), options.cluster),
        ]),
      ]
    : [[bold('Nodes and services'), `${yellow('not known')}: ${swarm.reason}`]];
  const containers = [
    ...containersLines(seen.hosts, options),
    ...printedHint('container', endedContainers(seen.hosts), options.cluster),
  ];
  return joined([...parts, [bold('Containers'), ...containers]]);
}

const hintsMax = 3;

/** What to look at next: what those printed that do not run. */
function printedHint(of: LogsRequest['of'], names: readonly string[], cluster: string | undefined): string[] {
  if (cluster === undefined) return [];
  return names.slice(0, hintsMax).map((name) => `What it printed: ${logsCommand(of, name, cluster)}`);
}

/** Tasks that have no container yet have printed nothing, but those before them may have. */
const withIdle = (services: readonly RunningService[]): string[] =>
  services
    .filter(({ tasks }) => tasks.some((task) => isIdle(task) && task.state !== 'complete'))
    .map(({ name }) => name);

const endedContainers = (hosts: Running['hosts']): string[] =>
  Object.values(hosts).flatMap((seen) =>
    seen.known ? seen.value.containers.filter(({ state }) => state !== 'running').map(({ name }) => name) : [],
  );

const titled = (title: string, lines: string[]): string[] => (lines.length === 0 ? [] : [title, ...lines]);

const joined = (parts: string[][]): string[] =>
  parts.filter((lines) => lines.length > 0).flatMap((lines, at) => (at === 0 ? lines : ['', ...lines]));

/** Nodes as a manager lists them, and which of them do not answer themselves: a manager hears of that half a minute later. */
export function nodesLines(
  { hosts }: Pick<Running, 'hosts'>,
  nodes: readonly RunningNode[],
  options: TableOptions = {},
): string[] {
  const paint = options.paint ?? noColours;
  const silent = ({ host }: RunningNode): string => {
    const own = host === null ? undefined : hosts[host];
    return own === undefined || own.known ? '' : own.reason;
  };
  return table(
    [
      { title: 'NODE' },
      { title: 'ROLE' },
      { title: 'AVAILABILITY' },
      { title: 'STATE' },
      { title: 'ENGINE' },
      { title: 'MESSAGE', wraps: true },
    ],
    nodes.map((node) => [
      node.host ?? `${node.hostname} (no host here)`,
      roleText(node, paint),
      node.availability === 'active' ? node.availability : paint.yellow(node.availability),
      nodeState(node, silent(node), paint),
      node.engine,
      [node.message, silent(node)].filter((text) => text !== '').join('; ') || '-',
    ]),
    options,
  );
}

function nodeState({ state }: RunningNode, silent: string, paint: Paint): string {
  if (state !== 'ready') return paint.red(state);
  return silent === '' ? paint.green(state) : paint.yellow('ready?');
}

function roleText({ role, leader, reachability }: RunningNode, paint: Paint): string {
  if (reachability !== null && reachability !== 'reachable') return `${role} ${paint.red(reachability)}`;
  return leader ? `${role}, leads` : role;
}

function runningServicesLines(services: readonly RunningService[], options: TableOptions): string[] {
  if (services.length === 0) return ['none'];
  return table(
    [{ title: 'SERVICE' }, { title: 'TASKS' }, { title: 'IMAGE', elastic: true }, { title: 'NOTE' }],
    services.map((service) => [
      service.name,
      tasksText(service, options.paint ?? noColours),
      shortDigests(service.image) || '-',
      noteText(service),
    ]),
    options,
  );
}

function tasksText(service: RunningService, paint: Paint): string {
  const { running, wanted } = service;
  const text = wanted === null ? 'no node runs it' : `${running} of ${wanted}`;
  return isShort(service) ? paint.red(text) : paint.green(text);
}

const noteText = ({ isOurs, update }: RunningService): string =>
  [update === null ? '' : updateText(update), isOurs ? '' : 'not ours'].filter((text) => text !== '').join(', ') || '-';

const idleLines = (services: readonly RunningService[], nowMs: number, options: TableOptions): string[] => {
  const idle = services.flatMap(({ tasks }) => tasks.filter(isIdle));
  return idle.length === 0 ? [] : tasksLines(idle, nowMs, options);
};

/** Tasks of services, and why each or the one before it ended badly. */
const tasksLines = (tasks: readonly RunningTask[], nowMs: number, options: TableOptions = {}): string[] =>
  table(
    [{ title: 'TASK' }, { title: 'NODE' }, { title: 'STATE' }, { title: 'SINCE' }, { title: 'WHY', wraps: true }],
    tasks.map((task) => [
      task.name,
      task.node ?? '-',
      stateText(task, options.paint ?? noColours),
      task.since === null ? '-' : ago(task.since, nowMs),
      whyText(task, nowMs),
    ]),
    options,
  );

/** One service with all of its tasks. */
export const serviceLines = (service: RunningService, nowMs: number, options: RunningOptions = {}): string[] => [
  `${service.name}: ${service.running} of ${service.wanted ?? 'no'} tasks run ${shortDigests(service.image) || '-'}`,
  ...(service.update === null ? [] : [`update ${updateText(service.update)}: ${service.update.message}`]),
  '',
  ...(service.tasks.length === 0 ? ['No tasks.'] : tasksLines(service.tasks, nowMs, options)),
  ...printedHint('service', withIdle([service]), options.cluster),
];

const stateText = ({ state }: RunningTask, paint: Paint): string =>
  state === 'running' || state === 'complete' ? paint.green(state) : paint.red(state);

function whyText({ error, lastFailure }: RunningTask, nowMs: number): string {
  if (error !== '') return error;
  if (lastFailure === null) return '-';
  const when = lastFailure.at === null ? 'before' : ago(lastFailure.at, nowMs);
  return `the one before failed ${when}: ${lastFailure.error || 'no reason is told'}`;
}

function containersLines(hosts: Running['hosts'], options: TableOptions): string[] {
  const { red, green, yellow } = options.paint ?? noColours;
  const rows = Object.entries(hosts)
    .toSorted(([a], [b]) => naturally(a, b))
    .flatMap(([host, seen]) => {
      if (!seen.known) return [[host, yellow('not known'), '-', seen.reason]];
      const { containers, others } = seen.value;
      return [
        ...containers.map(({ name, image, state, status }) => [
          host,
          name,
          shortDigests(image) || '-',
          state === 'running' ? green(status || state) : red(status || state),
        ]),
        ...(others === 0 ? [] : [[host, `and ${count(others, 'other')}`, '-', 'not ours']]),
      ];
    });
  if (rows.length === 0) return ['none'];
  return table(
    [{ title: 'HOST' }, { title: 'CONTAINER' }, { title: 'IMAGE', elastic: true }, { title: 'STATE', wraps: true }],
    rows,
    options,
  );
}

/** That `ready` is no proof, and when there was one. */
export function provedText(cluster: string, last: ReportSummary | undefined, nowMs: number): string {
  const ask = `flotilla verify ${cluster}`;
  if (last === undefined)
    return `Ready and running prove nothing of the networks, and nobody has verified them: ${ask}`;
  const verdict = { passed: 'it passed', failed: 'it failed', incomplete: 'not all could be seen' }[last.verdict];
  return `Ready and running prove nothing of the networks. Last verified ${ago(last.startedAt, nowMs)}: ${verdict} (${last.reached} of ${last.pairs} pairs). Again: ${ask}`;
}
