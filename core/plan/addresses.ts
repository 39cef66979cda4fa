import { parseIp } from '../net/cidr.ts';
import type { SystemFacts } from '../observation.ts';
import type { Decision } from '../plan.ts';
import { advertisePath, fixedDecision } from './decisions.ts';
import { type Part, part, type Problem, problem } from './part.ts';
import { factsOf, seenHosts, type World } from './world.ts';

type Address = SystemFacts['addresses'][number];

/** Interfaces that belong to containers, virtual machines or the host itself: no other host reaches them. */
export const innerInterface = /^(lo|docker|br-|veth|virbr|cni|flannel|cali|vx-|ov-)/;

/** The address a node is told to advertise, with the decision when the spec leaves it to us. */
export interface Advertised extends Part {
  /** Null when none could be chosen; then there is a problem. */
  address: string | null;
}

/** The address that a host will advertise when it joins. It is fixed until the node leaves. */
export function advertisedBy(world: World, host: string): Advertised {
  const system = systemOf(world, host);
  const asked = world.spec.nodes[host]?.advertise_addr ?? fixedAddress(world, host);
  if (asked === undefined) return choose(world, host, system.addresses);
  if (!hasAddress(system, asked)) {
    return { ...part({ problems: [notOnHost(host, 'advertise_addr', asked, system.addresses)] }), address: null };
  }
  const problems = unreached(world, host, asked, system.addresses);
  return problems.length > 0 ? { ...part({ problems }), address: null } : { ...part(), address: asked };
}

/** Hosts that asked an address, those that it answered, and whether this host's kernel sends from it toward them. */
interface Reach {
  asked: string[];
  answered: string[];
  isSource: boolean;
}

/** What other hosts found out about one address of a host; nobody has asked where there was nothing to choose. */
function reachOf(world: World, host: string, address: string): Reach {
  const seen = [...seenHosts(world)].filter(([other]) => other !== host);
  const answers = seen.flatMap(([other, { system }]) => {
    const told = system.known ? system.value.reach?.[address] : undefined;
    return told === undefined ? [] : [{ other, answers: told.answers }];
  });
  const own = factsOf(world, host);
  const sources = own.known && own.value.system.known ? Object.values(own.value.system.value.reach ?? {}) : [];
  return {
    asked: answers.map(({ other }) => other),
    answered: answers.filter((one) => one.answers).map(({ other }) => other),
    isSource: sources.some(({ source, answers: reached }) => reached && source === address),
  };
}

const isReached = ({ asked, answered }: Reach): boolean => asked.length > 0 && answered.length === asked.length;

/** A written address that nobody reaches, while another one of the host is reached by all: it cannot work. */
function unreached(world: World, host: string, asked: string, addresses: readonly Address[]): Problem[] {
  const reach = reachOf(world, host, asked);
  const better = addresses.find(({ address }) => isReached(reachOf(world, host, address)));
  if (reach.asked.length === 0 || reach.answered.length > 0 || better === undefined) return [];
  const others = reach.asked.join(', ');
  return [
    problem('plan_refused', {
      id: 'advertise-address-unreachable',
      hosts: [host],
      message: `${host} is to advertise ${asked}, which does not answer ${others}; ${better.address} on ${better.iface} does.`,
      evidence: reach.asked.map((other) => `${asked} gave ${other} no echo, ${better.address} did`),
      fix: `Set \`nodes.${host}.advertise_addr\` to ${better.address}, or leave it out to have it chosen.`,
    }),
  ];
}

/** A written data path address that the host does not have: containers there would be cut off. */
export function checkDataPath(world: World, host: string): Problem[] {
  const system = systemOf(world, host);
  const asked = world.spec.nodes[host]?.data_path_addr;
  return asked === undefined || hasAddress(system, asked)
    ? []
    : [notOnHost(host, 'data_path_addr', asked, system.addresses)];
}

const hasAddress = ({ addresses }: Pick<SystemFacts, 'addresses'>, asked: string): boolean =>
  addresses.some(({ address }) => sameAddress(address, asked));

function fixedAddress(world: World, host: string): string | undefined {
  const value = fixedDecision(world, advertisePath(host))?.value;
  return value === undefined ? undefined : String(value);
}

/** Addresses as they were seen; none when nobody could look (that is a problem told elsewhere). */
function systemOf(world: World, host: string): Pick<SystemFacts, 'addresses'> {
  const facts = factsOf(world, host);
  return facts.known && facts.value.system.known ? facts.value.system.value : { addresses: [] };
}

/**
 * Among several addresses that one which all who asked reach, before others that which the kernel itself sends from;
 * where nobody could tell, the one that SSH uses.
 */
function choose(world: World, host: string, addresses: readonly Address[]): Advertised {
  const outer = addresses.filter((candidate) => isOuter(candidate));
  const sshAddress = world.hosts.get(host)?.address ?? '';
  const bySsh = outer.find(({ address }) => sameAddress(address, sshAddress));
  const ipv4 = outer.filter(({ address }) => !address.includes(':'));
  const measured = ipv4.map((candidate) => ({ candidate, reach: reachOf(world, host, candidate.address) }));
  const reached = measured.filter(({ reach }) => isReached(reach));
  if (ipv4.length > 1 && reached.length > 0) {
    const best =
      reached.find(({ candidate, reach }) => candidate === bySsh && reach.isSource) ??
      reached.find(({ reach }) => reach.isSource) ??
      reached.find(({ candidate }) => candidate === bySsh) ??
      reached[0];
    if (best !== undefined) return decided(host, best.candidate, measuredReason(best, measured, bySsh));
  }
  if (bySsh !== undefined) return decided(host, bySsh, `the address that SSH uses, on ${bySsh.iface}`);
  const [only, ...more] = ipv4.length > 0 ? ipv4 : outer;
  if (only !== undefined && more.length === 0)
    return decided(host, only, `the only address of ${host}, on ${only.iface}`);
  return { ...part({ problems: [ambiguous(host, outer)] }), address: null };
}

interface Measured {
  candidate: Address;
  reach: Reach;
}

function measuredReason({ candidate, reach }: Measured, all: readonly Measured[], bySsh: Address | undefined): string {
  const others = all.filter((one) => one.candidate !== candidate && one.reach.answered.length < one.reach.asked.length);
  const silent = others.map((one) => `${one.candidate.address} does not answer all of them`);
  const source = reach.isSource ? ', and packets toward them leave from it' : '';
  const ssh = candidate === bySsh ? ', and SSH uses it' : '';
  return [`${candidate.iface}: ${reach.answered.join(', ')} reach it${source}${ssh}`, ...silent].join('; ');
}

function decided(host: string, { address }: Address, reason: string): Advertised {
  const decision: Decision = { path: advertisePath(host), value: address, reason };
  return { ...part({ decisions: [decision] }), address };
}

/** Addresses that other hosts might reach. */
export const isOuter = ({ iface, address }: Address): boolean =>
  !innerInterface.test(iface) && !/^(127\.|169\.254\.|::1$|fe80:)/i.test(address);

export function sameAddress(a: string, b: string): boolean {
  const [one, other] = [parseIp(a), parseIp(b)];
  return one !== undefined && other !== undefined && one.family === other.family && one.value === other.value;
}

const listed = (addresses: readonly Address[]): string =>
  addresses.map(({ address, iface }) => `${address} (${iface})`).join(', ');

type AddressKey = 'advertise_addr' | 'data_path_addr';

const notOnHost = (host: string, key: AddressKey, asked: string, addresses: readonly Address[]): Problem =>
  problem('plan_refused', {
    id: `${key.replaceAll('_', '-')}-not-on-host`,
    hosts: [host],
    message: `${host} does not have the address ${asked}; it has ${listed(addresses.filter(isOuter)) || 'none'}.`,
    fix: `Set \`nodes.${host}.${key}\` to an address of ${host} that the other hosts reach.`,
  });

function ambiguous(host: string, outer: readonly Address[]): Problem {
  const what =
    outer.length === 0 ? 'has no address that other hosts could reach' : `has several addresses: ${listed(outer)}`;
  return problem('plan_refused', {
    id: 'advertise-addr-ambiguous',
    hosts: [host],
    message: `${host} ${what}, and none of them is the one that SSH uses.`,
    fix: `Set \`nodes.${host}.advertise_addr\` to the address that the other hosts reach.`,
  });
}
