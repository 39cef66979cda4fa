import type { CauseId } from '../causes/catalogue.ts';
import { findingOf } from '../causes/finding-of.ts';
import { isPortOfOwn } from '../engine/own-port.ts';
import { onItsNode } from '../engine/task-states.ts';
import type { CheckResult } from '../verification.ts';
import { nameList } from '../name-list.ts';
import { noSpaceLeft } from './disk.ts';
import { disturbanceOf, firstAmong, type Rule, type Ruling, ruling } from './ruling.ts';
import type { ServiceLook, TaskLook } from './symptoms.ts';
import { withStop } from '../sentence.ts';
import { naturally } from '../natural-order.ts';

/** What the error of a task names; the first that matches. */
const byError: [RegExp, CauseId][] = [
  [
    /no such image|pull access denied|manifest (?:for .* )?(?:unknown|not found)|repository does not exist/iu,
    'image-missing',
  ],
  [/image .* (?:not found|could not be)|failed to resolve reference|error getting image/iu, 'image-missing'],
  [/unhealthy|health check/iu, 'health-check-failing'],
  [/address already in use|port is already allocated|host-mode port already in use/iu, 'port-taken'],
  [/no suitable node/iu, 'no-suitable-node'],
  [/could not find an available IP/iu, 'ip-exhausted'],
  [/vxlan interface.*(?:file exists|already in use)|failed to set link up.*already in use/iu, 'orphaned-vxlan'],
  [/vxlan interface.*not supported/iu, 'kernel-no-vxlan'],
  [/join secure network|IPSEC/iu, 'kernel-no-bpf-match'],
  [noSpaceLeft, 'disk-full'],
  [/not manually attachable/iu, 'not-attachable'],
];

/** States of a task that is over, though its service wants it to run. */
const ended = ['failed', 'rejected', 'complete'];

/** States that tell of no failure. */
const moving = ['pending', ...onItsNode, 'complete'];

/** What an engine says of tasks while their swarm puts its networks in order anew, and of those that it took away. */
const passing = /failed to find a load balancer IP|No such container/u;

const isOnItsWay = ({ state, error }: TaskLook): boolean =>
  error === '' ? moving.includes(state) : passing.test(error);

/** Tasks of a host that is away are run elsewhere. */
const away: readonly CauseId[] = ['host-cut-off', 'engine-down', 'engine-frozen', 'host-not-seen'];

/**
 * A service without its tasks answers nobody, whatever the network does: its tasks say why. Names and ports of that
 * service are explained by it; the network is judged by what else there is.
 */
export const taskRule: Rule = ({ symptoms, open, earlier }) =>
  open
    .filter(({ check }) => check === 'tasks')
    .flatMap((check) => {
      const service = symptoms.services.find(({ name }) => name === check.target);
      return service === undefined ? [] : [judge(service, check, earlier)];
    });

function judge(service: ServiceLook, check: CheckResult, earlier: readonly Ruling[]) {
  const { id, tasks, confidence } = causeFor(service);
  const hosts = [...new Set(tasks.flatMap(({ host }) => (host === null ? [] : [host])))].toSorted(naturally);
  // Tasks that fail only where the node itself is disturbed, and for no reason of their own, follow from that. Those that
  // are still on their way, or have ended in order, may have been taken off such a node and be anywhere.
  const isMoving = tasks.length > 0 && tasks.every(isOnItsWay);
  const here = earlier.filter(
    ({ finding }) => isMoving || (hosts.length > 0 && hosts.every((host) => finding.hosts.includes(host))),
  );
  const disturbance = disturbanceOf(here) ?? (isMoving ? firstAmong(earlier, away) : undefined);
  const parent = id === 'task-failed' ? disturbance : undefined;
  const errors = [...new Set(tasks.flatMap(({ error }) => (error === '' ? [] : [error])))].slice(0, 3);
  const finding = findingOf(id, {
    message: messageFor(id, service, errors[0]),
    hosts,
    evidence: [check.detail, ...errors, ...stateLines(tasks)],
    confidence,
    ...(parent === undefined ? {} : { consequenceOf: parent }),
    ...(id === 'ip-exhausted' && service.networks.length === 1 ? { network: service.networks[0] ?? '' } : {}),
    values: { service: service.name },
  });
  return ruling(finding, (one) => one === check || isAbout(service.name, one));
}

function causeFor({ tasks, running, hasHealthCheck }: ServiceLook): {
  id: CauseId;
  tasks: TaskLook[];
  confidence: 'certain' | 'likely' | 'possible';
} {
  const placed = running + tasks.filter(({ state }) => onItsNode.includes(state)).length;
  for (const [pattern, id] of byError) {
    const own = tasks.filter(({ error }) => pattern.test(error));
    // A wide port question is told by the scheduler as well: there the port is what stands in the way.
    const isOfOwn = id === 'port-taken' && own.some(({ error }) => isPortOfOwn(error, placed));
    if (own.length > 0) return { id: isOfOwn ? 'port-of-own-replica' : id, tasks: own, confidence: 'certain' };
  }
  const unplaced = tasks.filter(({ state, hasNode }) => state === 'new' && !hasNode);
  if (unplaced.length > 0) return { id: 'ip-exhausted', tasks: unplaced, confidence: 'likely' };
  // A program that ends in order when its health check takes it down leaves no error: its tasks are complete.
  const unproved = tasks.filter(({ state }) => state === 'starting' || state === 'complete');
  if (hasHealthCheck && unproved.length > 0) {
    return { id: 'health-check-failing', tasks: unproved, confidence: 'likely' };
  }
  const failed = tasks.filter(({ state, error }) => error !== '' || ended.includes(state));
  if (failed.length > 0) return { id: 'task-failed', tasks: failed, confidence: 'certain' };
  const waiting = tasks.filter(({ state }) => state === 'pending' || onItsNode.includes(state));
  return { id: 'task-failed', tasks: waiting, confidence: 'possible' };
}

const texts: Partial<Record<CauseId, string>> = {
  'image-missing': 'has no image to start from',
  'health-check-failing': 'is taken down by its own health check',
  'port-taken': 'cannot publish its port, which is taken',
  'port-of-own-replica': 'has more replicas than nodes for its port, which its own other replicas hold',
  'no-suitable-node': 'finds no node that may run it',
  'ip-exhausted': 'gets no address: the subnet of its network is used up',
  'orphaned-vxlan': 'cannot join its network: a VXLAN device of a dead network is in the way',
  'kernel-no-vxlan': 'cannot join its network: the kernel has no VXLAN',
  'kernel-no-bpf-match': 'cannot join its encrypted network',
  'disk-full': 'cannot start: the disk is full',
  'not-attachable': 'may not join its network by hand',
};

const messageFor = (id: CauseId, service: ServiceLook, error = ''): string =>
  withStop(`The service ${service.name} ${texts[id] ?? lackText(service)}${error === '' ? '' : `: ${error}`}`);

/** One that has all its tasks again has lost some a moment ago. */
const lackText = ({ running, wanted }: ServiceLook): string =>
  wanted !== null && running >= wanted
    ? 'does not keep its tasks: they start, and end again'
    : `runs ${running} of ${wanted ?? 'no'} tasks`;

const stateLines = (tasks: readonly TaskLook[]): string[] =>
  [...Map.groupBy(tasks, ({ state }) => state)].map(
    ([state, own]) =>
      `${own.length} in state ${state}${own.some(({ hasNode }) => !hasNode) ? ', on no node' : ` on ${nameList([...new Set(own.map(({ host }) => host ?? 'another node'))])}`}`,
  );

/** Names and ports of a service: `web`, `tasks.web`, `web:80`, `http://web:80/`, `web h1:8080`. */
export const isAbout = (service: string, { target, level }: CheckResult): boolean =>
  level !== 'L4' &&
  (target === service ||
    target === `tasks.${service}` ||
    target.startsWith(`${service}:`) ||
    target.startsWith(`${service} `) ||
    target.startsWith(`http://${service}:`));

/** Containers that a spec wants and their host does not run, and networks that no manager lists. */
export const missingRule: Rule = ({ symptoms, open, earlier }) => [
  ...open
    .filter(({ check }) => check === 'network')
    .map((check) =>
      ruling(
        findingOf('network-missing', {
          message: `The network ${check.target} does not exist in the swarm.`,
          network: check.target,
          evidence: [check.detail],
        }),
        (one) => one === check || one.network === check.target,
      ),
    ),
  ...open
    .filter(({ check }) => check === 'attachable')
    .map((check) =>
      ruling(
        findingOf('not-attachable', {
          message: `The network ${check.network ?? '?'} is not attachable, so the container ${check.target} cannot join it.`,
          ...(check.network === null ? {} : { network: check.network }),
          hosts: [],
          evidence: [check.detail],
        }),
        (one) => one === check || isAbout(check.target, one),
      ),
    ),
  ...open
    .filter(({ check }) => check === 'container')
    .map((check) => {
      const parent = open.some((one) => one.check === 'attachable' && one.target === check.target);
      const finding = findingOf('container-missing', {
        message: containerMessage(check),
        hosts: [check.from],
        evidence: [check.detail],
        values: { container: check.target },
        ...(parent ? { consequenceOf: 'not-attachable' as const } : {}),
      });
      return ruling(finding, (one) => one === check || isAbout(check.target, one));
    }),
  ...orphans(symptoms, earlier),
];

function containerMessage({ target, from, error }: CheckResult): string {
  if (error === 'restarts')
    return `The container ${target} on ${from} does not stay up: it ends, and is started again and again.`;
  if (error === 'off-network') return `The container ${target} on ${from} is not on its network.`;
  return `The container ${target} does not run on ${from}.`;
}

const leavingDevices: readonly CauseId[] = ['cloned-swarm-state', 'engine-frozen', 'engine-down'];

/**
 * A VXLAN device in the host's own namespace is a leftover; it matters when tasks fail over it, told above. An engine
 * that loses its node to a copy of itself leaves and joins its networks again and again, and such devices with them; one
 * that hangs or is killed may have been about to move it.
 */
function orphans({ hosts, services }: Parameters<Rule>[0]['symptoms'], earlier: readonly Ruling[]): Ruling[] {
  const told = services.some(({ tasks }) => tasks.some(({ error }) => /vxlan interface|link up/iu.test(error)));
  if (told) return [];
  return Object.entries(hosts).flatMap(([host, { orphans: seen }]) => {
    if (!seen.known || seen.value.length === 0) return [];
    const devices = seen.value.map(({ device, port }) => `${host}: ${device} on UDP ${port}`);
    const message = `On ${host} lies a VXLAN device of a dead network, which may block a new one.`;
    const parent = leavingDevices.find((id) =>
      earlier.some(({ finding }) => finding.id === id && finding.hosts.includes(host)),
    );
    const cause = parent === undefined ? {} : { consequenceOf: parent };
    const about = { message, hosts: [host], evidence: devices, severity: 'warning' as const };
    return [ruling(findingOf('orphaned-vxlan', { ...about, ...cause }))];
  });
}
