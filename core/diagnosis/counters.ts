import { findingOf } from '../causes/finding-of.ts';
import type { NetworkFacts } from '../observation.ts';
import type { CheckResult } from '../verification.ts';
import { nameList } from '../name-list.ts';
import { nodeAddress } from './node-addresses.ts';
import { linesOf, type Rule, type Ruling, ruling, touches } from './ruling.ts';
import { type Counters, networksIn, type Symptoms } from './symptoms.ts';
import type { Way } from '../ways.ts';

/** Engines name the namespace of an overlay by so many letters of its id. */
const idLetters = 10;

/** What a host's overlays carried while it was looked at closer; null where that was not seen. */
function countersOf({ evidence }: Symptoms, host: string): Counters | null {
  const seen = evidence?.hosts[host];
  return seen?.known === true && seen.value.counters.known ? seen.value.counters.value : null;
}

/** Packets that the VXLAN device of a network took in on a host; null where that was not seen. */
function receivedBy(symptoms: Symptoms, host: string, { id }: NetworkFacts): number | null {
  const overlays = countersOf(symptoms, host)?.overlays ?? [];
  return overlays.find(({ network }) => network === id.slice(0, idLetters))?.received ?? null;
}

/**
 * Packets that came out of the data path into the overlay of a host, and never reached a container there: neither the
 * network between the hosts nor their firewalls stop them.
 */
export const insideRule: Rule = ({ symptoms, open }) => {
  const networks = networksIn(symptoms.swarm);
  return networks.flatMap((network) =>
    Object.keys(symptoms.hosts).flatMap((host) => {
      const isToward = (one: CheckResult): boolean =>
        one.level === 'L4' && one.check === 'ping' && one.to === host && one.network === network.name;
      const lost = open.filter(isToward);
      // An echo that came back was inside.
      const isReached = symptoms.checks.some((one) => isToward(one) && one.result === 'ok');
      return lost.length === 0 || isReached ? [] : lostInside(symptoms, host, { network, lost });
    }),
  );
};

interface Lost {
  network: NetworkFacts;
  lost: readonly CheckResult[];
}

/** Nothing that was sent to it has arrived, and its device has taken in as much as was sent at least. */
function lostInside(symptoms: Symptoms, host: string, { network, lost }: Lost): Ruling[] {
  const sent = (symptoms.evidence?.oneWay ?? []).filter((one) => one.network === network.name && one.to === host);
  const received = receivedBy(symptoms, host, network);
  if (sent.length === 0 || sent.some(({ arrived }) => arrived) || received === null || received < sent.length)
    return [];
  const from = nameList(sent.map((one) => one.from));
  const finding = findingOf('lost-inside-host', {
    message: `What comes to ${host} over the network ${network.name} arrives there and reaches no container.`,
    hosts: [host],
    network: network.name,
    evidence: [
      `${host}: the VXLAN device of ${network.name} took in ${received} packets, while every datagram of ${from} was lost`,
      ...linesOf(lost),
    ],
    confidence: 'likely',
    values: { network: network.name, namespace: `*-${network.id.slice(0, idLetters)}` },
  });
  // Names of services lead to any host.
  const isInside = (check: CheckResult): boolean =>
    check.network === network.name && (check.to === null || touches([host])(check));
  return [ruling(finding, (check) => ['L4', 'L5'].includes(check.level) && isInside(check))];
}

/**
 * What counters say of a way on which no single datagram was sent, where an echo failed: it is lost when the device at
 * its end took in nothing at all; it came when that one took something in which nobody else can have sent.
 */
export function countedOn(symptoms: Symptoms, way: Way, networks: readonly NetworkFacts[]): 'came' | 'lost' | null {
  const counts = networks.map((network) => receivedBy(symptoms, way.to, network));
  if (counts.length === 0 || counts.some((count) => count === null)) return null;
  if (counts.every((count) => count === 0)) return 'lost';
  const others = Object.keys(symptoms.hosts).filter((host) => host !== way.to);
  return others.length === 1 && counts.every((count) => count !== 0) ? 'came' : null;
}

/** Whether what one host encrypts for another one has no key there: then it is thrown away without a word. */
export function keysDiffer(symptoms: Symptoms, { from, to }: Way): boolean {
  const [source, target] = [nodeAddress(symptoms, from), nodeAddress(symptoms, to)];
  const keysAt = (host: string): string[] | null =>
    countersOf(symptoms, host)?.xfrm.flatMap((one) => (one.from === source && one.to === target ? [one.spi] : [])) ??
    null;
  const [out, into] = [keysAt(from), keysAt(to)];
  if (out === null || into === null || out.length + into.length === 0) return false;
  return !out.some((spi) => into.includes(spi));
}

/** What IPsec carried meanwhile, between the hosts of some ways. */
export const xfrmLines = (symptoms: Symptoms, hosts: readonly string[]): string[] =>
  hosts.flatMap((host) =>
    (countersOf(symptoms, host)?.xfrm ?? [])
      .slice(0, 4)
      .map(({ from, to, spi, bytes }) => `${host}: IPsec ${from} → ${to} (${spi}) carried ${bytes} bytes meanwhile`),
  );

/** What the VXLAN devices of hosts took in and gave out meanwhile. */
export const overlayLines = (symptoms: Symptoms, hosts: readonly string[]): string[] => {
  const networks = networksIn(symptoms.swarm);
  return hosts.flatMap((host) =>
    (countersOf(symptoms, host)?.overlays ?? []).flatMap(({ network, received, sent }) => {
      const named = networks.find(({ id }) => id.slice(0, idLetters) === network);
      return named === undefined
        ? []
        : [`${host}: the VXLAN device of ${named.name} took in ${received} packets and gave out ${sent} meanwhile`];
    }),
  );
};
