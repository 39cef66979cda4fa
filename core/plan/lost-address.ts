import type { SshTarget } from '../host.ts';
import type { HostFacts } from '../observation.ts';
import { isOuter, sameAddress } from './addresses.ts';
import { type Part, part, warning } from './part.ts';
import { memberOf, seenHosts, type World } from './world.ts';

/** An address that a node advertises in its swarm and that its host has not got any more, with those that it has. */
export interface LostAddress {
  advertised: string;
  own: string[];
}

interface Turn {
  from: Pick<SshTarget, 'address'>;
  to: Pick<SshTarget, 'address'>;
}

/** Null where the host has the address that its node advertises, or where that could not be seen. */
export function lostAddressOf({ engine, system }: HostFacts): LostAddress | null {
  const { state, nodeAddr } = engine.swarm;
  if (state !== 'active' || nodeAddr === null || !system.known) return null;
  const { addresses } = system.value;
  const own = addresses.filter(isOuter).map(({ address }) => address);
  const isThere = addresses.some(({ address }) => sameAddress(address, nodeAddr));
  return isThere || own.length === 0 ? null : { advertised: nodeAddr, own };
}

export const lostAddressText = (host: string, { advertised, own }: LostAddress): string =>
  `${host} advertises ${advertised} in the swarm, which is no address of it any more (it has ${own.join(', ')}): what the others send it there does not arrive.`;

export const lostAddressFix = (host: string, { advertised }: LostAddress): string =>
  `Give ${host} the address ${advertised} back, or let it join anew with the one that it has: \`flotilla node rm ${host}\`, then \`flotilla node add ${host}\`. ` +
  'What a node advertises holds until it leaves, and has nothing to do with the address that SSH uses.';

/** What becomes of the address that a node advertises, when SSH uses another one; null where there is nothing to say. */
export function swarmAddressNote(host: string, { from, to }: Turn, facts: HostFacts): string | null {
  const lost = lostAddressOf(facts);
  if (lost !== null) return `${lostAddressText(host, lost)} ${lostAddressFix(host, lost)}`;
  const { state, nodeAddr } = facts.engine.swarm;
  if (state !== 'active' || nodeAddr === null || from.address === to.address || nodeAddr === to.address) return null;
  return `In the swarm ${host} goes on advertising ${nodeAddr}: that is another thing than the address that SSH uses, and nothing changes there.`;
}

/** A machine that was renumbered while it is a node: its engine goes on with the address that it joined with. */
export const checkLostAddresses = (world: World): Part =>
  part({
    warnings: [...seenHosts(world)].flatMap(([host, facts]) => {
      const lost = memberOf(world, host) === undefined ? null : lostAddressOf(facts);
      if (lost === null) return [];
      const [message, fix] = [lostAddressText(host, lost), lostAddressFix(host, lost)];
      return [warning({ id: 'advertise-address-lost', hosts: [host], message, fix })];
    }),
  });
