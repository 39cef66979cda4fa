import { nameList } from '../name-list.ts';
import type { NetworkFacts } from '../observation.ts';
import { usualDataPort } from '../preflight/wants.ts';
import type { CheckResult } from '../verification.ts';
import type { Confession, Culprit } from './blame.ts';
import { blameOnce, confessionsOf, culpritFinding, type Port, ruleLines, whereText } from './blocked.ts';
import { countedOn, keysDiffer, overlayLines, xfrmLines } from './counters.ts';
import { nodeAddress } from './node-addresses.ts';
import { espRefused } from './preflight-kernel.ts';
import { type Case, linesOf, type Rule, type Ruling, ruling } from './ruling.ts';
import { dataPathPortOf, networksIn, type Symptoms } from './symptoms.ts';
import { backOf, byWay, distinctWays, type Way, waySet } from '../ways.ts';
import { naturally } from '../natural-order.ts';

/** What was tried on some networks between hosts, by single datagrams where there are any, by echoes where not. */
export interface Traffic {
  tested: Way[];
  failed: Way[];
  /** Ways whose failure may be that of the way back: only an echo was asked for. */
  unsure: Way[];
}

const isLost = ({ check, result }: CheckResult): boolean => check === 'ping' && result === 'failed';

/** Traffic on the networks that `isOf` takes, of checks that nothing has explained yet. */
export function trafficOf({ symptoms, open }: Case, isOf: (network: string) => boolean): Traffic {
  const pings = symptoms.checks.filter(
    ({ level, check, network, to, result }) =>
      level === 'L4' &&
      check === 'ping' &&
      to !== null &&
      network !== null &&
      isOf(network) &&
      (result === 'ok' || result === 'failed'),
  );
  const asked = new Set(pings);
  const lost = open.filter((one) => isLost(one) && asked.has(one));
  const lostOn = byWay(lost);
  const sent = (symptoms.evidence?.oneWay ?? []).filter(({ network }) => isOf(network));
  const sentOn = byWay(sent);
  const ways = waySet(pings);
  // Of many hosts each tests a few: what answers an echo takes a way that nobody tested by itself.
  const back = sent.filter((one) => ways.has(backOf(one)));
  const traffic: Traffic = { tested: [], failed: [], unsure: [] };
  for (const way of distinctWays([...pings, ...back])) {
    if (way.from === way.to) continue;
    traffic.tested.push(way);
    const own = lostOn(way);
    const single = sentOn(way);
    // Where it arrives on one network, the port is open.
    const isOneWayLost = single.every(({ arrived }) => !arrived);
    if (single.length > 0) {
      if (isOneWayLost && own.length + lostOn(backOf(way)).length > 0) traffic.failed.push(way);
    } else if (own.length > 0) addUnsent(traffic, way, countedOn(symptoms, way, networksOf(own, symptoms)));
  }
  return traffic;
}

/** A way on which only an echo was tried: what was counted at its end tells, or leaves it unsure. */
function addUnsent({ failed, unsure }: Traffic, way: Way, counted: 'came' | 'lost' | null): void {
  if (counted === 'came') return;
  if (counted === null) unsure.push(way);
  failed.push(way);
}

/** On which the echoes were lost. */
const networksOf = (lost: readonly CheckResult[], { swarm }: Symptoms): NetworkFacts[] =>
  networksIn(swarm).filter(({ name }) => lost.some(({ network }) => network === name));

/** The fewest hosts at fault; what only an echo showed is dropped where its way back explains it. */
export function culpritsOf(traffic: Traffic, confessions: readonly Confession[]): Culprit[] {
  const all = allToAll(traffic, confessions);
  if (all !== null) return [all];
  const culprits = blameOnce(traffic.tested, traffic.failed, confessions);
  const certain = waySet(culprits.filter(({ confidence }) => confidence === 'certain').flatMap(({ ways }) => ways));
  const unsure = waySet(traffic.unsure);
  const isEcho = (way: Way): boolean => unsure.has(way) && certain.has(backOf(way));
  return culprits.filter(({ confidence, ways }) => confidence === 'certain' || !ways.every(isEcho));
}

/** Nobody reaches anybody, and no single host says that it stops all of it: one fault of all of them. */
function allToAll({ tested, failed }: Traffic, confessions: readonly Confession[]): Culprit | null {
  const hosts = [...new Set(tested.flatMap(({ from, to }) => [from, to]))].toSorted(naturally);
  const confessing = hosts.filter((host) => confessions.some((one) => one.host === host));
  if (
    hosts.length < 2 ||
    failed.length < tested.length ||
    (confessing.length > 0 && confessing.length < hosts.length)
  ) {
    return null;
  }
  if (hosts.length === 2 && confessing.length === 0) return null;
  return { hosts, side: null, ways: failed, confidence: confessing.length > 0 ? 'certain' : 'likely' };
}

/** Packets of an overlay between hosts are lost: the data-path port, or ESP where only encrypted networks are dead. */
export const dataPathRule: Rule = (about) => {
  const { symptoms } = about;
  const networks = networksIn(symptoms.swarm);
  const encrypted = new Set(networks.filter(({ options }) => 'encrypted' in options).map(({ name }) => name));
  const plain = trafficOf(about, (network) => !encrypted.has(network));
  const port: Port = { proto: 'udp', port: dataPathPortOf(symptoms.swarm) };
  const confessions = [...confessionsOf(symptoms, port), ...capturedConfessions(symptoms, plain)];
  const blocked = culpritsOf(plain, confessions).map((culprit) => blockedFinding(about, culprit, port));
  const dead = new Set(blocked.flatMap(({ finding }) => finding.hosts));
  const secret = trafficOf(about, (network) => encrypted.has(network));
  const rest = { ...secret, failed: secret.failed.filter(({ from, to }) => !dead.has(from) && !dead.has(to)) };
  return [...blocked, ...espFindings(about, rest, port)];
};

/**
 * What captures tell without any right to read rules: what arrived at a host and not in its overlay was stopped there;
 * what did not leave its sender was stopped there.
 */
function capturedConfessions(symptoms: Symptoms, { failed }: Traffic): Confession[] {
  const { evidence } = symptoms;
  if (evidence === null) return [];
  const sent = waySet(evidence.oneWay);
  return failed.flatMap((way): Confession[] => {
    if (!sent.has(way)) return [];
    const [from, to] = [nodeAddress(symptoms, way.from), nodeAddress(symptoms, way.to)];
    const seenBy = (host: string): boolean | null => {
      const seen = evidence.captured[host];
      return seen?.known === true ? seen.value.some((one) => one.from === from && one.to === to) : null;
    };
    if (seenBy(way.to) === true) return [{ host: way.to, side: 'in', others: [way.from] }];
    if (seenBy(way.from) === false) return [{ host: way.from, side: 'out', others: [way.to] }];
    return [];
  });
}

function blockedFinding(about: Case, culprit: Culprit, port: Port): Ruling {
  const { symptoms, open } = about;
  const rules = ruleLines(symptoms, culprit.hosts, port);
  const beside = controlsOn(symptoms, culprit.ways);
  const passes = culprit.ways.length > 0 && beside.length === culprit.ways.length;
  const id = passes && isEaten(symptoms, culprit, port) ? 'data-port-eaten' : 'data-port-blocked';
  const number = String(port.port ?? usualDataPort);
  const message =
    id === 'data-port-blocked'
      ? `UDP ${number}, the data path of overlays, does not pass ${whereText(culprit)}.`
      : `UDP ${number} vanishes ${whereText(culprit)}, while other UDP ports pass and no rule of the hosts stops it.`;
  const finding = culpritFinding(id, culprit, {
    message,
    isSided: true,
    evidence: [
      ...rules,
      ...(passes ? [`UDP ${beside[0]?.target.replace(/.*:/, '') ?? ''} passes on the same ways`] : []),
      ...passageLines(symptoms, culprit),
      ...overlayLines(symptoms, culprit.hosts).slice(0, 4),
      ...linesOf(lostAmong(open, culprit.ways)),
    ],
    values: { port: number },
  });
  return ruling(finding, explainsOn(symptoms, culprit.ways));
}

/** The ways on which a datagram to another port arrived. */
function controlsOn({ evidence }: Symptoms, ways: readonly Way[]): CheckResult[] {
  const controls = byWay(
    (evidence?.underlay ?? []).filter(({ check, result }) => check === 'control-udp' && result === 'ok'),
  );
  return ways.flatMap((way) => controls(way)[0] ?? []);
}

/** The port that networks use themselves, and the firewalls of both sides were seen and stop nothing. */
const isEaten = ({ hosts }: Symptoms, { ways, confidence }: Culprit, { port }: Port): boolean =>
  port === usualDataPort &&
  confidence !== 'certain' &&
  ways.every(({ from, to }) => hosts[from]?.firewall.known === true && hosts[to]?.firewall.known === true);

function lostAmong(open: readonly CheckResult[], ways: readonly Way[]): CheckResult[] {
  const all = waySet(ways);
  return open.filter((one) => isLost(one) && all.hasEither(one));
}

/** What each end saw of single datagrams. */
function passageLines({ evidence }: Symptoms, { ways }: Culprit): string[] {
  if (evidence === null) return [];
  const sentOn = byWay(evidence.oneWay);
  const lines = ways.flatMap((way) =>
    sentOn(way).map(
      ({ network, arrived }) => `datagrams ${way.from} → ${way.to} on ${network}: ${arrived ? 'arrived' : 'lost'}`,
    ),
  );
  const ends = new Set(ways.flatMap(({ from, to }) => [from, to]));
  const unseen = Object.entries(evidence.captured).flatMap(([host, seen]) =>
    !seen.known && ends.has(host) ? [`could not see packets on ${host}: ${seen.reason}`] : [],
  );
  return [...lines.slice(0, 4), ...unseen];
}

/**
 * Everything between the two hosts inside overlays, both ways since answers need the way back; names of services, which
 * lead anywhere; and what comes in through the routing mesh, which uses the same path.
 */
export function explainsOn({ services }: Symptoms, ways: readonly Way[]): (check: CheckResult) => boolean {
  const hosts = new Set(ways.flatMap(({ from, to }) => [from, to]));
  const all = waySet(ways);
  return ({ level, from, to, target }) => {
    if (level === 'L6') {
      const service = services.find(({ name }) => target.startsWith(`${name} `));
      return service !== undefined && service.ingressPorts.length > 0 && to !== null && hosts.has(to);
    }
    if (level !== 'L4' && level !== 'L5') return false;
    return to === null ? hosts.has(from) : all.hasEither({ from, to });
  };
}

/** Only the encrypted networks are dead: the kernel cannot do ESP, or something stops it. */
function espFindings(about: Case, traffic: Traffic, port: Port): Ruling[] {
  const { symptoms, open } = about;
  const esp: Port = { proto: 'esp', port: null };
  const unable = unableOf(symptoms);
  const confessions: Confession[] = [
    ...[...unable.keys()].flatMap((host) => (['in', 'out'] as const).map((side) => ({ host, side, others: null }))),
    ...confessionsOf(symptoms, esp),
    ...confessionsOf(symptoms, port),
  ];
  return culpritsOf(traffic, confessions).map((culprit) => {
    const isUnable = culprit.hosts.some((host) => unable.has(host));
    const byPort = culprit.hosts.some((host) =>
      ruleLines(symptoms, [host], port).some((line) => line.includes('packets')),
    );
    const byEsp = culprit.hosts.some((host) =>
      ruleLines(symptoms, [host], esp).some((line) => line.includes('packets')),
    );
    const isKeyless = culprit.ways.length > 0 && culprit.ways.every((way) => keysDiffer(symptoms, way));
    const id = espCause({ isUnable, isKeyless, isBlocked: byPort && !byEsp });
    // One fact, however many hosts have such a kernel: those that say so themselves are among them.
    const hosts = isUnable ? [...new Set([...culprit.hosts, ...unable.keys()])].toSorted(naturally) : culprit.hosts;
    const finding = culpritFinding(
      id,
      { ...culprit, hosts },
      {
        message: espMessage(id, { ...culprit, hosts }, port),
        evidence: [
          ...ruleLines(symptoms, culprit.hosts, byPort && !byEsp ? port : esp),
          ...(isUnable ? hosts.flatMap((host) => unable.get(host) ?? []) : []),
          ...xfrmLines(symptoms, culprit.hosts),
          ...linesOf(lostAmong(open, culprit.ways)),
        ],
        values: { port: String(port.port ?? usualDataPort) },
      },
    );
    return ruling(finding, explainsOn(symptoms, culprit.ways));
  });
}

/** Hosts whose kernel cannot do ESP, each with what says so: the kernel itself, or what the engine was told and logged. */
function unableOf({ evidence }: Symptoms): Map<string, string> {
  const logged = (line: string): boolean =>
    /rSA|xfrm|ESP/iu.test(line) && /not implemented|not supported|no such file/iu.test(line);
  return new Map(
    Object.entries(evidence?.hosts ?? {}).flatMap(([host, seen]): [string, string][] => {
      if (!seen.known) return [];
      const { esp, log } = seen.value;
      if (esp.known) return esp.value ? [] : [[host, `${host}: ${espRefused}`]];
      const said = log?.find(logged);
      return said === undefined ? [] : [[host, `${host}: ${said}`]];
    }),
  );
}

type EspCause = 'kernel-no-esp' | 'data-port-blocked' | 'esp-keys-differ' | 'esp-blocked';

function espCause(seen: { isUnable: boolean; isKeyless: boolean; isBlocked: boolean }): EspCause {
  if (seen.isUnable) return 'kernel-no-esp';
  if (seen.isBlocked) return 'data-port-blocked';
  return seen.isKeyless ? 'esp-keys-differ' : 'esp-blocked';
}

function espMessage(id: EspCause, culprit: Culprit, { port }: Port): string {
  switch (id) {
    case 'kernel-no-esp':
      return `The kernel of ${nameList(culprit.hosts)} cannot do ESP, so encrypted networks carry nothing there.`;
    case 'data-port-blocked':
      return `UDP ${port ?? usualDataPort}, the data path of overlays, does not pass ${whereText(culprit)}.`;
    case 'esp-keys-differ':
      return `What is encrypted ${whereText(culprit)} has no key at the other end, and is thrown away there.`;
    case 'esp-blocked':
      return `ESP (IP protocol 50) does not pass ${whereText(culprit)}: encrypted networks are dead there.`;
  }
}
