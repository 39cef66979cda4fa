import { parseIp } from '../net/cidr.ts';
import { innerInterface } from '../plan/addresses.ts';
import type { PreflightFacts } from './facts.ts';
import type { PreflightWants } from './wants.ts';

/** How a host is to be reached by its peers. */
export interface PreflightAddress {
  advertise: string;
  dataPath: string;
  /** The largest packet worth trying: that of the interface with the data path address, and the usual one at least. */
  mtu: number;
}

/** What overlays take the path to carry unless they are told otherwise. */
export const usualMtu = 1500;

/** The addresses that a host has or is to have as a node; null with the reason when none can be chosen. */
export function preflightAddress(
  host: { name: string; address: string },
  facts: PreflightFacts,
  wants: PreflightWants,
): PreflightAddress | { unknown: string } {
  const { engine, system } = facts;
  const asked = Object.hasOwn(wants.addresses, host.name) ? wants.addresses[host.name] : undefined;
  const now = engine.known && engine.value.facts.swarm.state === 'active' ? engine.value.facts.swarm.nodeAddr : null;
  const own = system.known && system.value.addresses.known ? system.value.addresses.value : [];
  const outer = own.filter(
    ({ iface, address }) => !innerInterface.test(iface) && !/^(127\.|169\.254\.|fe[89ab])/i.test(address),
  );
  const bySsh = outer.find(({ address }) => address === host.address)?.address;
  const ipv4 = outer.filter(({ address }) => !address.includes(':'));
  const only = ipv4.length === 1 ? ipv4[0]?.address : undefined;
  const advertise = now ?? asked?.advertise ?? bySsh ?? only ?? literal(host.address);
  if (advertise === undefined) return { unknown: `it is not known by which address the others reach ${host.name}` };
  const dataPath = asked?.dataPath ?? advertise;
  const mtu = own.find(({ address }) => address === dataPath)?.mtu ?? usualMtu;
  return { advertise, dataPath, mtu: Math.max(usualMtu, mtu) };
}

const literal = (address: string): string | undefined => (parseIp(address) === undefined ? undefined : address);
