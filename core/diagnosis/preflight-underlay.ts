import type { CauseId } from '../causes/catalogue.ts';
import { findingOf } from '../causes/finding-of.ts';
import type { Finding } from '../finding.ts';
import { nameList } from '../name-list.ts';
import { includesIp, parseCidr } from '../net/cidr.ts';
import type { PreflightEvidence } from '../preflight/evidence.ts';
import { controlPortFor, gossipPort, managerPort, type ProbeName, type UnderlayProbe } from '../preflight/probes.ts';
import { usualDataPort } from '../preflight/wants.ts';
import { blame, type Confession, type Culprit } from './blame.ts';
import { directionOf, whereText } from './blocked.ts';
import { type BlockingRule, blockingRules } from './firewall-rules.ts';
import { byWay, distinctWays, waySet } from '../ways.ts';
import { naturally } from '../natural-order.ts';

/** What of the underlay is broken, layer by layer: a host that nobody reaches explains everything above it. */
export function underlayFindings(evidence: PreflightEvidence): Finding[] {
  const cut = hostsNotReached(evidence);
  const whole = new Set(cut.flatMap(({ hosts }) => hosts));
  const left = evidence.probes.filter(({ from, to }) => !whole.has(from) && !whole.has(to));
  const unreachable = waysWithoutAnyAnswer(left, evidence);
  const gone = waySet(unreachable.flatMap(({ ways }) => ways));
  const rest = { ...evidence, probes: left.filter((probe) => !gone.has(probe)) };
  return [
    ...cut,
    ...unreachable.map(({ finding }) => finding),
    ...managerFindings(rest),
    ...gossipFindings(rest),
    ...dataFindings(rest),
    ...espFindings(rest),
  ];
}

/** Probes that say whether a host takes anything at all; what is skipped says nothing. */
const portProbes: readonly ProbeName[] = ['ping', 'tcp-2377', 'tcp-7946', 'udp-7946', 'udp-data', 'udp-control'];

/** Hosts toward which everything failed, from everybody who tried. */
function hostsNotReached(evidence: PreflightEvidence): Finding[] {
  return evidence.hosts.flatMap(({ name, address: ssh }) => {
    const toward = evidence.probes.filter(({ to, probe }) => to === name && portProbes.includes(probe));
    const told = toward.filter(({ result }) => result === 'ok' || result === 'failed');
    if (told.length === 0 || told.some(({ result }) => result === 'ok')) return [];
    const peers = [...new Set(told.map(({ from }) => from))];
    const back = evidence.probes.some(
      ({ from, result, probe }) => from === name && result === 'ok' && portProbes.includes(probe),
    );
    const advertised = evidence.addresses[name]?.advertise ?? ssh;
    const seen = peers.map((peer) => `nothing that ${peer} sent to ${advertised} arrived`);
    // With one peer only, it may as well be that one which sends nothing out.
    const confidence = peers.length > 1 || back ? 'certain' : 'possible';
    if (advertised !== ssh) return [addressFinding(evidence, name, { seen, confidence })];
    const hosts = peers.length > 1 || back ? [name] : [name, ...peers].toSorted(naturally);
    const message = `${name} takes nothing from ${nameList(peers)} on any tested port, while SSH from here works.`;
    return [
      findingOf('host-blocks-traffic', { message, hosts, evidence: [...seen, ...rulesOf(evidence, name)], confidence }),
    ];
  });
}

function addressFinding(
  evidence: PreflightEvidence,
  host: string,
  told: Pick<Finding, 'confidence'> & { seen: string[] },
): Finding {
  const { advertise = 'its address' } = evidence.addresses[host] ?? {};
  const bySsh = evidence.probes.filter(({ probe, to }) => probe === 'ssh-ping' && to === host);
  const answers = bySsh
    .filter(({ result }) => result === 'ok')
    .map(({ from, address }) => `${address} answers ${from}`);
  return findingOf('advertise-address-unreachable', {
    message: `${host} is to advertise ${advertise}, which the other hosts do not reach.`,
    hosts: [host],
    evidence: [...told.seen, ...answers],
    confidence: told.confidence,
    values: { address: advertise },
  });
}

/** Single ways on which nothing passes at all, though both hosts reach and are reached by others. */
function waysWithoutAnyAnswer(probes: readonly UnderlayProbe[], evidence: PreflightEvidence) {
  const ports = probes.filter(({ probe }) => portProbes.includes(probe));
  const portsOn = byWay(ports);
  const dead = distinctWays(ports).filter((way) => {
    const told = portsOn(way).filter(({ result }) => result === 'ok' || result === 'failed');
    const kinds = new Set(told.map(({ probe }) => probe));
    return kinds.size > 2 && told.every(({ result }) => result === 'failed');
  });
  return dead.map(({ from, to }) => {
    const address = evidence.addresses[to]?.advertise ?? to;
    const finding = findingOf('advertise-address-unreachable', {
      message: `${from} does not reach ${to} at ${address}, though others do.`,
      hosts: [to],
      direction: { from, to },
      evidence: [`nothing that ${from} sent to ${address} arrived`],
      confidence: 'likely',
    });
    return { finding, ways: [{ from, to }] };
  });
}

type Proto = Parameters<typeof blockingRules>[1];

/** Ways on which a probe was answered, and those on which it failed. */
function waysOf(probes: readonly UnderlayProbe[], name: ProbeName) {
  const own = probes.filter(({ probe, result }) => probe === name && (result === 'ok' || result === 'failed'));
  return { tested: own, failed: own.filter(({ result }) => result === 'failed') };
}

/** Who is at fault for the ways on which a port does not pass. */
function culpritsOf(evidence: PreflightEvidence, name: ProbeName, what: Proto): Culprit[] {
  const { tested, failed } = waysOf(evidence.probes, name);
  const refusedHere = failed.flatMap(({ from: host, to, error }): Confession[] =>
    error === 'dropped_locally' ? [{ host, side: 'out', others: [to] }] : [],
  );
  const byRule = Object.entries(evidence.firewalls).flatMap(([host, saved]) =>
    saved.known ? hits(saved.value, what).map((rule) => confessionOf(evidence, host, rule)) : [],
  );
  const confessions = [...byRule, ...refusedHere];
  const all = [...new Set(tested.flatMap(({ from, to }) => [from, to]))].toSorted(naturally);
  if (failed.length === 0 || failed.length < tested.length || all.length < 3) return blame(tested, failed, confessions);
  // Nothing passes anywhere: one fault of all hosts, not one of each, unless it is a single host that all ways meet at.
  const culprits = blame(tested, failed, confessions);
  if (culprits.length < 2) return culprits;
  const isCertain = culprits.every(({ confidence }) => confidence === 'certain');
  return [{ hosts: all, side: null, ways: [...failed], confidence: isCertain ? 'certain' : 'likely' }];
}

/** Rules that have stopped something; a rule that nothing has met is no evidence. */
const hits = (saved: string, what: Proto): BlockingRule[] =>
  blockingRules(saved, what).filter(({ packets }) => packets !== 0);

function confessionOf(evidence: PreflightEvidence, host: string, { side, other }: BlockingRule): Confession {
  const range =
    other === null ? null : parseCidr(other.includes('/') ? other : `${other}/${other.includes(':') ? 128 : 32}`);
  if (range === null || range === undefined) return { host, side, others: null };
  const others = evidence.hosts.flatMap(({ name, address }) => {
    const known = evidence.addresses[name];
    const own = [address, known?.advertise, known?.dataPath].filter((one) => one !== undefined);
    return own.some((one) => includesIp(range, one)) ? [name] : [];
  });
  return { host, side, others };
}

/** Of the firewall of one host: the rules that met what was sent. */
function rulesOf({ firewalls }: PreflightEvidence, host: string, what: Proto | null = null): string[] {
  const saved = firewalls[host];
  if (saved === undefined) return [];
  if (!saved.known) return [`the firewall of ${host} was not seen: ${saved.reason}`];
  const asked = what === null ? [{ proto: 'tcp', port: gossipPort } as const] : [what];
  return asked.flatMap((one) =>
    hits(saved.value, one).map(
      ({ text, packets }) => `${host}: ${text}${packets === null ? '' : ` (${packets} packets)`}`,
    ),
  );
}

interface Blocked {
  id: CauseId;
  /** `TCP 2377`. */
  port: string;
  what: Proto;
  name: ProbeName;
}

function blockedFinding(evidence: PreflightEvidence, { id, port, what, name }: Blocked, culprit: Culprit): Finding {
  const { hosts, ways, confidence } = culprit;
  const all = waySet(ways);
  const direction = directionOf(culprit, true);
  const how = evidence.probes.filter((probe) => probe.probe === name && probe.result === 'failed' && all.has(probe));
  return findingOf(id, {
    message: `${port} does not pass ${whereText(culprit)}.`,
    hosts,
    ...(direction === undefined ? {} : { direction }),
    evidence: [
      ...how.map(({ from, to, detail, error }) => `${from} → ${to}: ${error === 'refused' ? 'rejected' : detail}`),
      ...hosts.flatMap((host) => rulesOf(evidence, host, what)),
    ],
    confidence,
    values: what.port === null ? {} : { port: String(what.port) },
  });
}

function managerFindings(evidence: PreflightEvidence): Finding[] {
  const blocked: Blocked = {
    id: 'manager-port-blocked',
    port: `TCP ${managerPort}`,
    what: { proto: 'tcp', port: managerPort },
    name: 'tcp-2377',
  };
  return culpritsOf(evidence, 'tcp-2377', blocked.what).map((culprit) => {
    // Only managers are asked, so a single way is the manager's to open unless its peer says otherwise.
    const hosts = culprit.side === null ? [...new Set(culprit.ways.map(({ to }) => to))] : culprit.hosts;
    // It is called from one side only, so there is no other direction to tell it from.
    const { direction: _oneSided, ...finding } = blockedFinding(evidence, blocked, { ...culprit, hosts });
    return finding;
  });
}

const gossip = (proto: 'tcp' | 'udp', id: CauseId): Blocked => ({
  id,
  port: `${proto.toUpperCase()} ${gossipPort}`,
  what: { proto, port: gossipPort },
  name: `${proto}-7946`,
});

/** TCP and UDP at the same hosts are one fault. */
function gossipFindings(evidence: PreflightEvidence): Finding[] {
  const [tcp, udp] = [gossip('tcp', 'gossip-tcp-blocked'), gossip('udp', 'gossip-udp-blocked')];
  const udpCulprits = culpritsOf(evidence, udp.name, udp.what);
  const taken = new Set<Culprit>();
  const ofTcp = culpritsOf(evidence, tcp.name, tcp.what).map((culprit) => {
    const same = udpCulprits.find(({ hosts }) => hosts.join() === culprit.hosts.join());
    if (same === undefined) return blockedFinding(evidence, tcp, culprit);
    taken.add(same);
    const both = blockedFinding(
      evidence,
      { ...tcp, id: 'gossip-blocked', port: `Port ${gossipPort} (TCP and UDP)` },
      culprit,
    );
    return { ...both, evidence: [...both.evidence, ...blockedFinding(evidence, udp, same).evidence] };
  });
  const ofUdp = udpCulprits.filter((culprit) => !taken.has(culprit));
  return [...ofTcp, ...ofUdp.map((culprit) => blockedFinding(evidence, udp, culprit))];
}

/** Closed by a firewall, or taken away by a network that uses the same port: then another port of UDP passes. */
function dataFindings(evidence: PreflightEvidence): Finding[] {
  const { dataPathPort: port } = evidence.wants;
  const what = { proto: 'udp', port } as const;
  return culpritsOf(evidence, 'udp-data', what).map((culprit) => {
    const ways = waySet(culprit.ways);
    const control = evidence.probes.filter((one) => one.probe === 'udp-control' && ways.has(one));
    const passes = control.length > 0 && control.every(({ result }) => result === 'ok');
    const involved = new Set(culprit.ways.flatMap(({ from, to }) => [from, to]));
    const allSeen = [...involved].every((host) => evidence.firewalls[host]?.known === true);
    const isEaten = passes && port === usualDataPort && culprit.confidence !== 'certain' && allSeen;
    const id = isEaten ? 'data-port-eaten' : 'data-port-blocked';
    const finding = blockedFinding(
      evidence,
      { id, port: `UDP ${port}, the data path,`, what, name: 'udp-data' },
      culprit,
    );
    const also = passes
      ? [
          `UDP ${controlPortFor(port)} passes on the same way${isEaten ? ', and no rule of these hosts stops UDP 4789' : ''}`,
        ]
      : control.map(({ from, to, result }) => `UDP ${controlPortFor(port)} ${from} → ${to}: ${result}`);
    const unsure = passes && !allSeen && culprit.confidence !== 'certain';
    return {
      ...finding,
      evidence: [...finding.evidence, ...also],
      confidence: unsure ? 'possible' : isEaten ? 'likely' : finding.confidence,
    };
  });
}

function espFindings(evidence: PreflightEvidence): Finding[] {
  const what = { proto: 'esp', port: null } as const;
  const blocked: Blocked = { id: 'esp-blocked', port: 'ESP (IP protocol 50)', what, name: 'esp' };
  return culpritsOf(evidence, 'esp', what).map((culprit) => blockedFinding(evidence, blocked, culprit));
}
