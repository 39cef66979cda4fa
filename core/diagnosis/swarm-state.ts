import { isCauseId } from '../causes/catalogue.ts';
import { findingOf } from '../causes/finding-of.ts';
import type { CheckResult } from '../verification.ts';
import { nameList } from '../name-list.ts';
import { splitTexts } from '../swarm-split.ts';
import { type Rule, ruling, type Ruling, touches } from './ruling.ts';
import type { NodeLook, Symptoms } from './symptoms.ts';
import { naturally } from '../natural-order.ts';

/** Errors of the swarm's own that a manager gives when it has no leader, or cannot find one in time. */
const noLeader = /does not have a leader|no leader|too few managers|DeadlineExceeded|context deadline/iu;

/** Managers that are locked, a quorum that is lost, a swarm that nobody could tell of. */
export const quorumRule: Rule = ({ symptoms, earlier }) => {
  const locked = hostsWith(symptoms, 'locked');
  const found = locked.map((host) =>
    ruling(
      findingOf('manager-locked', {
        message: `The manager ${host} is locked since its engine was started anew.`,
        hosts: [host],
        evidence: [`${host}: swarm state locked`],
      }),
      (check) => touches([host])(check) || isOfSwarm(check),
    ),
  );
  const expired = Object.entries(symptoms.hosts).flatMap(([host, { engine }]) =>
    engine.known && /certificate.*expired/iu.test(engine.value.swarm.error ?? '')
      ? [ruling(findingOf('certificate-expired', { hosts: [host], evidence: [engine.value.swarm.error ?? ''] }))]
      : [],
  );
  return [...found, ...expired, ...withoutSwarm(symptoms, locked.length > 0 || earlier.length > 0)];
};

/** No manager told of the swarm: the quorum is lost, or everything that could tell is itself away. */
function withoutSwarm(symptoms: Symptoms, isExplained: boolean): Ruling[] {
  const gone = goneManagers(symptoms);
  const { managers, swarm } = symptoms;
  // A manager may answer for a while from what it knew, until it finds that it leads nobody any more.
  const isMost = managers.length > 1 && gone.length * 2 >= managers.length;
  if (swarm.known) return isMost && !isExplained ? [quorumLost(symptoms, gone, 'certain', [])] : [];
  const { reason, code } = swarm;
  const answering = hostsWith(symptoms, 'active').filter((host) => isManager(symptoms, host));
  const timedOut = code === 'timeout' && answering.length > 0;
  if (noLeader.test(reason) || (isMost && !isExplained)) return [quorumLost(symptoms, gone, 'certain', [reason])];
  if (timedOut) return [quorumLost(symptoms, gone, 'likely', [reason])];
  if (isExplained) return [];
  return [ruling(findingOf('swarm-not-seen', { evidence: [reason] }), isOfSwarm)];
}

const goneManagers = ({ hosts, managers }: Symptoms): string[] =>
  Object.entries(hosts).flatMap(([host, { engine }]) =>
    managers.includes(host) && !(engine.known && engine.value.swarm.state === 'active') ? [host] : [],
  );

function quorumLost(
  symptoms: Symptoms,
  gone: readonly string[],
  confidence: 'certain' | 'likely',
  said: readonly string[],
): Ruling {
  const finding = findingOf('quorum-lost', {
    message: 'Half of the managers or more are away: the swarm has no leader, and nothing can be changed.',
    hosts: gone,
    evidence: [...said, ...gone.map((host) => goneLine(symptoms, host))],
    confidence,
  });
  return ruling(finding, (check) => isOfSwarm(check) || touches(gone)(check));
}

const goneLine = ({ hosts }: Symptoms, host: string): string => {
  const engine = hosts[host]?.engine;
  return engine?.known === true ? `${host}: swarm state ${engine.value.swarm.state}` : `${host} could not be asked`;
};

const isManager = ({ hosts }: Symptoms, host: string): boolean => {
  const engine = hosts[host]?.engine;
  return engine?.known === true && engine.value.swarm.controlAvailable;
};

/** What only a manager can tell. */
const isOfSwarm = ({ level, check }: CheckResult): boolean => level === 'L0' && check !== 'engine';

const hostsWith = ({ hosts }: Symptoms, state: string): string[] =>
  Object.entries(hosts).flatMap(([host, { engine }]) =>
    engine.known && engine.value.swarm.state === state ? [host] : [],
  );

/** Two swarms with one id: each takes the nodes of the other for lost, and what one says of them is no news. */
export const splitRule: Rule = ({ symptoms: { split, hosts } }) => {
  if (split === null) return [];
  const texts = splitTexts(split);
  const evidence = texts.hosts.flatMap((host) => {
    const engine = hosts[host]?.engine;
    const { nodeId, clusterId } = engine?.known === true ? engine.value.swarm : { nodeId: null, clusterId: null };
    return clusterId === null ? [] : [`${host}: manager ${nodeId ?? ''} of the swarm ${clusterId}`];
  });
  return [
    ruling(
      findingOf('swarm-split', { ...texts, evidence }),
      (check) => touches(split.rivals)(check) || isOfSwarm(check),
    ),
  ];
};

/** Two hosts that say they are one node. Which of them is the copy cannot be told from outside. */
export const clonedRule: Rule = ({ symptoms }) => {
  const byNode = Map.groupBy(
    Object.entries(symptoms.hosts).flatMap(([host, { engine }]) =>
      engine.known && engine.value.swarm.nodeId !== null ? [{ host, id: engine.value.swarm.nodeId }] : [],
    ),
    ({ id }) => id,
  );
  return [...byNode].flatMap(([id, same]) => {
    if (same.length < 2) return [];
    const hosts = same.map(({ host }) => host).toSorted(naturally);
    const finding = findingOf('cloned-swarm-state', {
      message: `${nameList(hosts)} say that they are the same node of the swarm: the state of one was copied.`,
      hosts,
      evidence: hosts.map((host) => `${host}: NodeID ${id}`),
    });
    return [ruling(finding, (check) => touches(hosts)(check) || isOfSwarm(check))];
  });
};

/** Nodes that the swarm has lost though their engine answers us. Comes after the rules that say why. */
export const nodeRule: Rule = ({ symptoms, earlier }) => {
  if (!symptoms.swarm.known) return [];
  return symptoms.swarm.value.nodes.flatMap((node) => {
    if (node.host === null || node.state === 'ready') return [];
    const { host } = node;
    const cause = earlier.find(({ finding }) => finding.hosts.includes(host) || explainsNode(finding.id));
    // Where the host itself is away, that says it all.
    if (cause?.finding.id === 'host-cut-off' || symptoms.hosts[host]?.engine.known === false) return [];
    const id = cause?.finding.id;
    const finding = findingOf('node-down', {
      message: `The swarm says that the node of ${host} is ${node.state}, though its engine answers.`,
      hosts: [host],
      evidence: [nodeLine(node), ...errorOf(symptoms, host)],
      ...(id !== undefined && isCauseId(id) ? { consequenceOf: id } : {}),
    });
    return [ruling(finding, (check) => check.from === host && check.level === 'L0')];
  });
};

/** A manager that nobody reaches loses nodes that are fine themselves. */
const explainsNode = (id: string): boolean =>
  id === 'manager-port-blocked' || id === 'quorum-lost' || id === 'swarm-split';

const nodeLine = ({ host, state, message }: NodeLook): string =>
  `${host ?? 'node'}: ${state}${message === '' ? '' : `, ${message}`}`;

function errorOf({ hosts }: Symptoms, host: string): string[] {
  const engine = hosts[host]?.engine;
  const error = engine?.known === true ? engine.value.swarm.error : null;
  return error === null || error === undefined ? [] : [`${host}: ${error}`];
}

export const managersRule: Rule = ({ symptoms }) => {
  if (!symptoms.swarm.known) return [];
  const managers = symptoms.swarm.value.nodes.filter(({ role }) => role === 'manager');
  if (managers.length % 2 === 1 || managers.length === 0) return [];
  const hosts = managers.flatMap(({ host }) => (host === null ? [] : [host])).toSorted(naturally);
  return [
    ruling(
      findingOf('even-managers', {
        message: `The swarm has ${managers.length} managers, which tolerate no more failures than ${managers.length - 1} would.`,
        hosts,
        // One of them is enough; all of them would be too many.
        values: { host: hosts.at(-1) ?? '<host>' },
      }),
    ),
  ];
};

export const dataPortRule: Rule = ({ symptoms: { swarm, wantedDataPort } }) => {
  if (!swarm.known || wantedDataPort === null || swarm.value.dataPathPort === wantedDataPort) return [];
  const port = String(swarm.value.dataPathPort);
  return [
    ruling(
      findingOf('data-path-port-mismatch', {
        message: `The swarm uses UDP ${port} for its data path, the spec says ${wantedDataPort}.`,
        severity: 'warning',
        values: { port },
      }),
    ),
  ];
};
