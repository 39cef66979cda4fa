import { type Cidr, networkOf, overlaps, parseCidr } from '../net/cidr.ts';
import type { NetworkSpec } from '../spec/network.ts';
import { type Problem, problem } from './part.ts';
import { innerInterface } from './addresses.ts';
import { seenHosts, type World } from './world.ts';

/** Problems of the subnets of a network that is to be made: with networks that exist, and with the hosts' own. */
export function checkSubnets(world: World, name: string, spec: NetworkSpec): Problem[] {
  return [spec.subnet, spec.subnet6].flatMap((subnet) => {
    const wanted = parseCidr(subnet ?? '');
    if (subnet === undefined || wanted === undefined) return [];
    return [...takenByNetworks(world, { name, subnet, wanted }), ...takenByHosts(world, { name, subnet, wanted })];
  });
}

interface Wanted {
  name: string;
  subnet: string;
  wanted: Cidr;
}

function takenByNetworks(world: World, { name, subnet, wanted }: Wanted): Problem[] {
  const inTheWay = (world.swarm?.networks ?? []).filter((network) =>
    network.subnets.some((other) => overlapsText(wanted, other.subnet)),
  );
  return inTheWay.map((other) =>
    problem('conflict', {
      id: 'subnet-taken',
      message: `The subnet ${subnet} of the network ${name} overlaps that of the network ${other.name}, which exists.`,
      fix: Object.hasOwn(world.spec.networks, other.name)
        ? `Choose another subnet for ${name}.`
        : `Choose another subnet for ${name}, or remove ${other.name} in a change of its own first.`,
    }),
  );
}

function overlapsText(wanted: Cidr, text: string): boolean {
  const other = parseCidr(text);
  return other !== undefined && overlaps(wanted, other);
}

/** Containers on an overlay with the range of the hosts' own network reach neither the hosts nor what is behind them. */
function takenByHosts(world: World, { name, subnet, wanted }: Wanted): Problem[] {
  const inTheWay = hostRanges(world).filter(({ range }) => overlaps(wanted, range));
  return [...Map.groupBy(inTheWay, ({ host }) => host)].map(([host, ranges]) =>
    problem('conflict', {
      id: 'subnet-overlaps-host',
      hosts: [host],
      message: `The subnet ${subnet} of the network ${name} overlaps the network that ${host} itself is in (${ranges.map(({ text }) => text).join(', ')}).`,
      fix: `Choose another subnet for ${name}.`,
    }),
  );
}

/** A network that a host itself is in: `10.79.0.1/24 on eth0`. */
interface HostRange {
  host: string;
  range: Cidr;
  text: string;
}

/** The networks that the hosts of the spec are in, but for those of their own containers. */
export const hostRanges = (world: World): HostRange[] =>
  [...seenHosts(world)].flatMap(([host, { system }]) => {
    const addresses = system.known ? system.value.addresses : [];
    return addresses.flatMap(({ iface, address, prefix }) => {
      const range = innerInterface.test(iface) ? undefined : networkOf(address, prefix);
      return range === undefined ? [] : [{ host, range, text: `${address}/${prefix} on ${iface}` }];
    });
  });
