import { encryptedOption, mtuOption } from '../engine/network-body.ts';
import { networkOf, parseCidr, parseIp } from '../net/cidr.ts';
import type { Finding } from '../finding.ts';
import type { NetworkFacts } from '../observation.ts';
import type { Decision } from '../plan.ts';
import type { NetworkSpec } from '../spec/network.ts';
import { fixedDecision, mtuPath } from './decisions.ts';
import { defaultMtu, hasPaths, smallestPath } from './mtu.ts';
import { sameLabels, userLabels } from './node-labels.ts';
import { warning } from './part.ts';
import type { World } from './world.ts';

interface Compared {
  /** What differs from the spec, one phrase each: `subnet is 10.1.0.0/24, the spec says 10.2.0.0/24`. */
  differences: string[];
  /** `mtu: auto` of a network that lives already: what it has. */
  decision: Decision | null;
}

/** A live network against the spec. What the spec leaves open is not compared. */
export function networkDifferences(world: World, name: string, spec: NetworkSpec, now: NetworkFacts): Compared {
  const mtu = mtuOf(now);
  const differences = [
    differs('driver', now.driver, spec.driver),
    differs('attachable', now.attachable, spec.attachable),
    differs('internal', now.internal, spec.internal),
    differs('enable_ipv6', now.enableIpv6, spec.enable_ipv6),
    differs('encrypted', encryptedOption in now.options, spec.encrypted),
    ...(spec.mtu === 'auto' ? [] : [differs('mtu', mtu, spec.mtu)]),
    ...addressDifferences(spec, now),
    sameLabels(userLabels(now.labels), userLabels(spec.labels)) ? undefined : 'the labels differ',
  ];
  const undecided = spec.mtu === 'auto' && fixedDecision(world, mtuPath(name)) === undefined;
  return {
    differences: differences.filter((difference) => difference !== undefined),
    decision: undecided ? { path: mtuPath(name), value: mtu, reason: 'what the network has since it was made' } : null,
  };
}

/** The underlay MTU in bytes that a live network was made for. */
export function mtuOf(now: NetworkFacts): number {
  const option = Number(now.options[mtuOption] ?? '');
  return Number.isInteger(option) && option > 0 ? option : defaultMtu;
}

/** A path that carries less than the network sends is a fault that shows as hanging large transfers. */
export function mtuWarnings(world: World, name: string, now: NetworkFacts): Finding[] {
  if (!hasPaths(world)) return [];
  const path = smallestPath(world);
  const mtu = mtuOf(now);
  if (path.bytes >= mtu) return [];
  return [
    warning({
      id: 'mtu-above-path',
      message: `The network ${name} was made for an underlay of ${mtu} bytes, but only ${path.bytes} fit now (${path.where}).`,
      fix: `Raise the MTU of that link to ${mtu}, or make the network anew under another name.`,
    }),
  ];
}

type Value = string | number | boolean;

const differs = (key: string, now: Value, wanted: Value): string | undefined =>
  now === wanted ? undefined : `\`${key}\` is ${now}, the spec says ${wanted}`;

/** IPAM may be listed as empty until it is allocated: then there is nothing to compare yet. */
function addressDifferences(spec: NetworkSpec, now: NetworkFacts): (string | undefined)[] {
  if (now.subnets.length === 0) return [];
  const ipv4 = now.subnets.find(({ subnet }) => !subnet.includes(':'));
  const ipv6 = now.subnets.find(({ subnet }) => subnet.includes(':'));
  const pairs = [
    { key: 'subnet', now: ipv4?.subnet, wanted: spec.subnet },
    { key: 'gateway', now: ipv4?.gateway ?? undefined, wanted: spec.gateway },
    { key: 'ip_range', now: ipv4?.ipRange ?? undefined, wanted: spec.ip_range },
    { key: 'subnet6', now: ipv6?.subnet, wanted: spec.subnet6 },
  ];
  return pairs.map((pair) =>
    pair.wanted === undefined || (pair.now !== undefined && sameAddressText(pair.now, pair.wanted))
      ? undefined
      : differs(pair.key, pair.now ?? 'absent', pair.wanted),
  );
}

/** Equal as numbers: engines may write an IPv6 address or network in another form. */
function sameAddressText(a: string, b: string): boolean {
  const [one, other] = [parseCidr(a) ?? singleOf(a), parseCidr(b) ?? singleOf(b)];
  return (
    a === b ||
    (one !== undefined && one.base === other?.base && one.prefix === other.prefix && one.family === other.family)
  );
}

const singleOf = (address: string) => networkOf(address, parseIp(address)?.family === 6 ? 128 : 32);
