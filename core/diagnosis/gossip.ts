import type { CauseId } from '../causes/catalogue.ts';
import { findingOf } from '../causes/finding-of.ts';
import type { CheckResult } from '../verification.ts';
import { nameList } from '../name-list.ts';
import type { Culprit } from './blame.ts';
import {
  blameOnce,
  confessionsOf,
  culpritFinding,
  namedConfessions,
  type Port,
  ruleLines,
  whereText,
} from './blocked.ts';
import { type Case, linesOf, type Rule, straightest, type Ruling, ruling, touches } from './ruling.ts';
import { dataPathPortOf, type GossipLook, type Symptoms } from './symptoms.ts';
import { type Way, wayOf, waySet } from '../ways.ts';
import { naturally } from '../natural-order.ts';

const tcp: Port = { proto: 'tcp', port: 7946 };
const udp: Port = { proto: 'udp', port: 7946 };

/** Port 7946 closed for TCP, for UDP or for both: by what the hosts' rules say, and by connections that fail. */
export const gossipPortRule: Rule = ({ symptoms, open, earlier }) => {
  const { tested, failed } = waysOf({ symptoms, open, earlier });
  const tcpConfessions = confessionsOf(symptoms, tcp);
  const udpConfessions = namedConfessions(symptoms, udp);
  const udpHosts = new Set([...confessionsOf(symptoms, udp).map(({ host }) => host), ...suspectedByLog(symptoms)]);
  const tcpCulprits = blameOnce(tested, failed, tcpConfessions);
  // Where nothing was tried, or it passed before, a rule that has stopped packets still says so.
  const silent = namedConfessions(symptoms, tcp).filter(
    ({ host }) => !tcpCulprits.some(({ hosts }) => hosts.includes(host)),
  );
  const told: Culprit[] = [
    ...tcpCulprits,
    ...[...Map.groupBy(silent, ({ host }) => host).values()].map((own) => confessed(symptoms, own)),
  ];
  const tcpFound = told.map((culprit) => {
    const lacking = culprit.hosts.some((host) => lacksPeers(symptoms.gossip, host));
    const alsoUdp = culprit.hosts.some((host) => udpHosts.has(host));
    const id = alsoUdp || (lacking && udpUnseen(symptoms, culprit.hosts)) ? 'gossip-blocked' : 'gossip-tcp-blocked';
    return blocked({ symptoms, open }, id, culprit);
  });
  const both = new Set(told.flatMap(({ hosts }) => hosts));
  const udpOnly = Map.groupBy(
    udpConfessions.filter(({ host }) => !both.has(host)),
    ({ host }) => host,
  );
  const byLog = suspectedByLog(symptoms).filter((host) => !both.has(host) && !udpOnly.has(host));
  return [
    ...tcpFound,
    ...[...udpOnly.values()].map((own) => blocked({ symptoms, open }, 'gossip-udp-blocked', confessed(symptoms, own))),
    ...byLog.map((host) => blocked({ symptoms, open }, 'gossip-udp-blocked', culpritByLog(host))),
  ];
};

const culpritByLog = (host: string): Culprit => ({ hosts: [host], side: null, ways: [], confidence: 'likely' });

/** Without its firewall seen, a host with TCP closed and no peer left may have both closed. */
const udpUnseen = ({ hosts }: Symptoms, names: readonly string[]): boolean =>
  names.some((name) => hosts[name]?.firewall.known !== true) ||
  names.every((name) => hosts[name]?.firewall.known === true && !/7946/u.test(hosts[name].firewall.value));

function waysOf(about: Case): { tested: Way[]; failed: Way[] } {
  const { known, failed } = straightest(about, 'gossip-tcp');
  return { tested: known.map(wayOf), failed: failed.map(wayOf) };
}

/** What rules alone say: everything from or to those that they name. */
function confessed(
  { hosts }: Symptoms,
  own: readonly { host: string; side: 'in' | 'out'; others: readonly string[] | null }[],
): Culprit {
  const host = own[0]?.host ?? '';
  const sides = new Set(own.map(({ side }) => side));
  const ways = own.flatMap(({ side, others }) =>
    (others ?? Object.keys(hosts))
      .filter((other) => other !== host)
      .map((other) => (side === 'in' ? { from: other, to: host } : { from: host, to: other })),
  );
  const side = sides.size > 1 ? 'both' : (own[0]?.side ?? null);
  return { hosts: [host], side, ways, confidence: 'certain' };
}

const names = { 'gossip-blocked': 'Port 7946', 'gossip-tcp-blocked': 'TCP 7946', 'gossip-udp-blocked': 'UDP 7946' };

function blocked(
  { symptoms, open }: { symptoms: Symptoms; open: readonly CheckResult[] },
  id: keyof typeof names,
  culprit: Culprit,
): Ruling {
  const { hosts, ways } = culprit;
  const all = waySet(ways);
  const failing = [...(symptoms.evidence?.underlay ?? []), ...open].filter(
    (one) => one.check === 'gossip-tcp' && one.result === 'failed' && all.has(one),
  );
  const finding = culpritFinding(id, culprit, {
    isSided: true,
    message:
      ways.length === 0
        ? `${names[id]} of ${nameList(hosts)} is blocked, as its peers say.`
        : `${names[id]} does not pass ${whereText(culprit)}.`,
    evidence: [
      ...new Set([
        ...linesOf(failing),
        ...(id === 'gossip-udp-blocked' ? [] : ruleLines(symptoms, hosts, tcp)),
        ...(id === 'gossip-tcp-blocked' ? [] : ruleLines(symptoms, hosts, udp)),
        ...peerLines(symptoms.gossip, hosts),
        ...logLines(symptoms),
      ]),
    ],
  });
  // Nodes that lost their peers learn neither names nor where a container is: its packets are lost in consequence.
  const isCutOff =
    symptoms.gossip.some((look) => look.expected.some((host) => hosts.includes(host)) && isLacking(look)) ||
    (id !== 'gossip-tcp-blocked' && isLate({ symptoms, open }, hosts));
  return ruling(finding, (check) => {
    if (!touches(hosts)(check)) return false;
    return (
      check.check === 'gossip' ||
      check.check === 'gossip-tcp' ||
      (isCutOff && !['L0', 'L1', 'L6'].includes(check.level))
    );
  });
}

/**
 * News spread by UDP alone; without it a node that still lists its peers hears of what is new at the next full exchange,
 * half a minute later. A host whose own rules stop the data path as well is another matter.
 */
function isLate({ symptoms, open }: Pick<Case, 'symptoms' | 'open'>, hosts: readonly string[]): boolean {
  const port = dataPathPortOf(symptoms.swarm);
  const stopsData = namedConfessions(symptoms, { proto: 'udp', port }).some(({ host }) => hosts.includes(host));
  return !stopsData && open.some((check) => check.level === 'L3' && check.check === 'dns' && touches(hosts)(check));
}

/** A node that gossips with nobody, or that others do not know, while 7946 passes: a stale agent. */
export const gossipDeadRule: Rule = ({ symptoms, open, earlier }) => {
  const told = new Set(
    earlier.flatMap(({ finding }) => (isOfGossip(finding.id) || isOfHost(finding.id) ? finding.hosts : [])),
  );
  const failed = new Set(open.filter(({ check }) => check === 'gossip').map(({ from }) => from));
  const lacking = symptoms.gossip.filter((look) => failed.has(look.host) && isLacking(look));
  if (lacking.every(({ host }) => told.has(host)) || isToldByPeer(lacking, told)) return [];
  // A stale node lists nobody at all; those that it isolates list themselves.
  const empty = lacking.filter(({ peers }) => peers.length === 0);
  const alone = lacking.filter(({ peers }) => peers.length <= 1);
  const worst = empty.length > 0 ? empty : alone.length > 0 ? alone : lacking;
  const hosts = [...new Set(worst.map(({ host }) => host))].filter((host) => !told.has(host)).toSorted(naturally);
  if (hosts.length === 0) return [];
  const suffers = [...new Set(lacking.flatMap(({ expected }) => expected))];
  const finding = findingOf('gossip-dead', {
    message: `The gossip between nodes is dead on ${nameList(hosts)}: the nodes are Ready, but names do not resolve across hosts.`,
    hosts,
    evidence: [...peerLines(symptoms.gossip, suffers), ...linesOf(open.filter(({ check }) => check === 'dns'))],
    confidence: empty.length > 0 || alone.length > 0 ? 'certain' : 'likely',
  });
  return [ruling(finding, (check) => check.check === 'gossip' || (touches(suffers)(check) && check.level !== 'L6'))];
};

const isOfGossip = (id: string): boolean => id.startsWith('gossip-');
const ofHost: readonly CauseId[] = [
  'quorum-lost',
  'cloned-swarm-state',
  'host-cut-off',
  'engine-down',
  'engine-frozen',
  'node-down',
];
const isOfHost = (id: string): boolean =>
  ofHost.some((one) => one === id) || id === 'advertise-address-unreachable' || id === 'manager-port-blocked';

/** Those that lack only hosts of which it is told already why are not stale themselves. */
const isToldByPeer = (lacking: readonly GossipLook[], told: ReadonlySet<string>): boolean =>
  told.size > 0 && lacking.every(({ host, expected }) => told.has(host) || expected.some((one) => told.has(one)));

export const isLacking = ({ peers, expected }: GossipLook): boolean =>
  expected.length > 1 && peers.length < expected.length;

const lacksPeers = (looks: readonly GossipLook[], host: string): boolean =>
  looks.some((look) => look.host === host && isLacking(look));

const peerLines = (looks: readonly GossipLook[], hosts: readonly string[]): string[] =>
  looks
    .filter((look) => hosts.includes(look.host) && isLacking(look))
    .slice(0, 4)
    .map(
      ({ host, network, peers, expected }) =>
        `${host} lists ${peers.length} of ${expected.length} gossip peers on ${network}`,
    );

/** The daemon says so itself: `Was able to connect to h2-1a2b over TCP but UDP probes failed`. */
const udpFailed = /Was able to connect to (\S+)\b.* but (?:UDP|other) probes failed/u;

const logsOf = ({ evidence }: Symptoms): { host: string; line: string }[] =>
  Object.entries(evidence?.hosts ?? {}).flatMap(([host, seen]) =>
    seen.known ? (seen.value.log ?? []).map((line) => ({ host, line })) : [],
  );

/** Hosts of which others say that they answer by TCP only: the one that most say it of. */
function suspectedByLog(symptoms: Symptoms): string[] {
  const pairs = logsOf(symptoms).flatMap(({ host, line }) => {
    const [, target] = udpFailed.exec(line) ?? [];
    const other = target === undefined ? undefined : hostnameOf(symptoms, target);
    return other === undefined ? [] : [{ host, other }];
  });
  const named = Map.groupBy(pairs, ({ other }) => other);
  const all = Object.keys(symptoms.hosts).length;
  return [...named].flatMap(([other, by]) =>
    new Set(by.map(({ host }) => host)).size >= Math.max(1, all - 1) ? [other] : [],
  );
}

/** Gossip names are the hostname with letters of a random id behind it. */
const hostnameOf = ({ hosts }: Symptoms, target: string): string | undefined =>
  Object.entries(hosts).find(([name, { engine }]) => {
    const hostname = engine.known ? engine.value.hostname : name;
    return target === hostname || target.startsWith(`${hostname}-`);
  })?.[0];

const logLines = (symptoms: Symptoms): string[] =>
  logsOf(symptoms)
    .filter(({ line }) =>
      /probes failed|timed out|i\/o timeout|Suspect|No installed keys|Failed (?:fallback|to join)/u.test(line),
    )
    .slice(-3)
    .map(({ host, line }) => `log of ${host}: ${line}`);
