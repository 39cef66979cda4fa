import type { CheckResult } from '../verification.ts';
import type { Confession, Culprit } from './blame.ts';
import { blameOnce, culpritFinding, whereText } from './blocked.ts';
import { explainsOn } from './data-path.ts';
import { nodeAddress } from './node-addresses.ts';
import { linesOf, type Rule, ruling, touches } from './ruling.ts';
import { networksIn, type Symptoms } from './symptoms.ts';
import { wayOf, waySet } from '../ways.ts';

/** Headers of VXLAN over IPv4 around a container's packet. */
const vxlanBytes = 50;

/**
 * Small packets pass and full-sized ones do not. Where an interface is smaller, or somebody answers which size passes,
 * the MTU is too small for what the network promises; where large packets vanish without a word it is a black hole.
 */
export const mtuRule: Rule = ({ symptoms, open }) => {
  const pairs = symptoms.checks.filter(
    ({ level, check, result, to }) =>
      level === 'L4' && check === 'ping-large' && to !== null && (result === 'ok' || result === 'failed'),
  );
  const asked = new Set(pairs);
  const small = new Set(
    symptoms.checks.filter(({ check, result }) => check === 'ping' && result === 'ok').map(placeOf),
  );
  const large = open.filter((one) => one.result === 'failed' && asked.has(one) && small.has(placeOf(one)));
  if (large.length === 0) return [];
  const narrow = narrowHosts(symptoms, large);
  const confessions = narrow.flatMap(({ host }): Confession[] => [
    { host, side: 'in', others: null },
    { host, side: 'out', others: null },
  ]);
  return blameOnce(pairs.map(wayOf), large.map(wayOf), confessions).map((culprit) => {
    const ways = waySet(culprit.ways);
    const own = large.filter((check) => ways.has(check));
    const finding = findingFor(symptoms, culprit, own, narrow);
    const explains = explainsOn(symptoms, culprit.ways);
    return ruling(finding, (check) => isLarge(check) && explains(check));
  });
};

/** What needs full-sized packets; small requests may fail too where their answer is large. */
const isLarge = ({ check }: CheckResult): boolean => check !== 'ping';

/** From where to which container, on which network. */
const placeOf = ({ from, target, network }: CheckResult): string => [from, target, network].join('\n');

interface Narrow {
  host: string;
  iface: string;
  mtu: number;
}

/** Hosts whose own interface of the data path takes less than a network promises. */
function narrowHosts(symptoms: Symptoms, large: readonly CheckResult[]): Narrow[] {
  const promised = Math.max(...large.map(({ network }) => underlayMtu(symptoms, network)));
  return Object.entries(symptoms.evidence?.hosts ?? {}).flatMap(([host, seen]) => {
    const address = nodeAddress(symptoms, host);
    const own = seen.known ? seen.value.addresses.find((one) => one.address === address) : undefined;
    if (own === undefined || own.mtu >= promised || !large.some(touches([host]))) return [];
    return [{ host, iface: own.iface, mtu: own.mtu }];
  });
}

/** The option means the MTU of the underlay. */
function underlayMtu({ swarm }: Symptoms, name: string | null): number {
  const network = networksIn(swarm).find((one) => one.name === name);
  return Number(network?.options['com.docker.network.driver.mtu'] ?? 1500);
}

function findingFor(symptoms: Symptoms, culprit: Culprit, own: readonly CheckResult[], narrow: readonly Narrow[]) {
  const small = narrow.filter(({ host }) => culprit.hosts.includes(host));
  const told = own.flatMap(({ mtu }) => (mtu === undefined ? [] : [mtu + vxlanBytes]));
  const tooLong = own.some(({ error }) => error === 'too_long');
  const sizes = [...small.map(({ mtu }) => mtu), ...told];
  const [mtu] = sizes.toSorted((a, b) => a - b);
  const promised = Math.max(...own.map(({ network }) => underlayMtu(symptoms, network)));
  const [network] = new Set(own.map((check) => check.network));
  const about = {
    evidence: [
      ...small.map(
        ({ host, iface, mtu: bytes }) => `${host}: ${iface} takes ${bytes} bytes, the network promises ${promised}`,
      ),
      ...linesOf(own),
    ],
    network: network ?? undefined,
    values: {
      ...(mtu === undefined ? {} : { mtu: String(mtu) }),
      ...(small[0] === undefined ? {} : { interface: small[0].iface }),
    },
  };
  return small.length > 0 || tooLong
    ? culpritFinding('mtu-too-small', culprit, {
        ...about,
        message: `Full-sized packets do not pass ${whereText(culprit)}: the way takes ${mtu ?? 'less than'} ${mtu === undefined ? promised : 'bytes'}, the network promises ${promised}.`,
      })
    : culpritFinding('mtu-black-hole', culprit, {
        ...about,
        message: `Full-sized packets vanish without a word ${whereText(culprit)}, though every interface that was seen takes ${promised} bytes.`,
      });
}
