import { findingOf } from '../causes/finding-of.ts';
import type { CheckResult } from '../verification.ts';
import { lineOf, type Rule, ruling, touches } from './ruling.ts';
import type { Symptoms } from './symptoms.ts';

/** Address that a host's engine tells its peers, where it was seen. */
export function nodeAddress({ hosts }: Symptoms, host: string): string | null {
  const engine = hosts[host]?.engine;
  return engine?.known === true ? engine.value.swarm.nodeAddr : null;
}

/**
 * A host that advertises an address which leads nowhere, while it answers at another one: nothing that is sent to the
 * advertised address arrives, from anybody.
 */
export const advertiseRule: Rule = ({ symptoms, open }) =>
  Object.entries(symptoms.hosts).flatMap(([host, { address }]) => {
    const advertised = nodeAddress(symptoms, host);
    if (advertised === null || advertised === address) return [];
    const toward = l1(symptoms, host);
    const dead = toward.filter(({ target, result }) => target.startsWith(advertised) && result === 'failed');
    const alive = toward.some(({ target, result }) => target.startsWith(advertised) && result === 'ok');
    if (dead.length === 0 || alive || !dead.some((one) => open.includes(one) || isStraight(symptoms, one))) return [];
    const bySsh = toward.filter(({ target, result }) => target.startsWith(address) && result === 'ok');
    const finding = findingOf('advertise-address-unreachable', {
      message: `${host} advertises ${advertised}, which the other hosts do not reach.`,
      hosts: [host],
      evidence: [...dead, ...bySsh].slice(0, 6).map(lineOf),
      confidence: bySsh.length > 0 ? 'certain' : 'likely',
      values: { address: advertised },
    });
    return [ruling(finding, (check) => touches([host])(check) && check.level !== 'L6')];
  });

const l1 = ({ checks, evidence }: Symptoms, host: string): CheckResult[] =>
  [...checks, ...(evidence?.underlay ?? [])].filter(({ level, to }) => level === 'L1' && to === host);

const isStraight = ({ evidence }: Symptoms, check: CheckResult): boolean => evidence?.underlay.includes(check) === true;

/**
 * Packets that leave a host with another address than the one it advertises: peers know no such sender and drop them.
 * The kernel says which source it takes, or a peer's capture shows it.
 */
export const sourceRule: Rule = ({ symptoms, open }) => {
  const lost = open.filter(({ level, check }) => level === 'L4' && check.startsWith('ping'));
  const { evidence } = symptoms;
  if (evidence === null || lost.length === 0) return [];
  return Object.entries(evidence.hosts).flatMap(([host, seen]) => {
    const own = nodeAddress(symptoms, host);
    if (!seen.known || own === null) return [];
    const peers = Object.keys(symptoms.hosts).filter((one) => one !== host);
    const wrong = peers.flatMap((peer) => {
      const to = nodeAddress(symptoms, peer);
      const source = to === null ? undefined : seen.value.sources[to];
      return source === undefined || source === own ? [] : [{ peer, source }];
    });
    const own4 = lost.filter((check) => touches([host])(check) && wrong.some(({ peer }) => touches([peer])(check)));
    if (wrong.length === 0 || own4.length === 0) return [];
    const sources = [...new Set(wrong.map(({ source }) => source))];
    const finding = findingOf('source-address-differs', {
      message: `Packets of ${host} leave with ${sources.join(', ')}, but it advertises ${own}: the others drop them.`,
      hosts: [host],
      ...(wrong.length === 1 && peers.length > 1 ? { direction: { from: host, to: wrong[0]?.peer ?? '' } } : {}),
      evidence: [
        ...wrong.slice(0, 3).map(({ peer, source }) => `${host} → ${peer}: source ${source} instead of ${own}`),
        ...capturedFrom(symptoms, sources),
      ],
    });
    return [ruling(finding, (check) => touches([host])(check) && check.level !== 'L6')];
  });
};

const capturedFrom = ({ evidence }: Symptoms, sources: readonly string[]): string[] =>
  Object.entries(evidence?.captured ?? {}).flatMap(([host, seen]) =>
    seen.known
      ? seen.value
          .filter(({ from, to, packets }) => sources.includes(from) && packets > 0 && to !== '')
          .slice(0, 1)
          .map(({ from, packets }) => `${host} captured ${packets} packets of the data path from ${from}`)
      : [],
  );
