import type { HostKey } from './host.ts';
import { nameList } from './name-list.ts';
import { naturally } from './natural-order.ts';

/** A host with what was last seen of it. */
interface SeenHost {
  name: string;
  hostKeys: readonly HostKey[];
  lastSeen: {
    facts: {
      engine: { engineId: string };
      system: { known: true; value: { addresses: readonly { address: string }[] } } | { known: false };
    };
  } | null;
}

export interface Twin {
  name: string;
  /** Whether they were seen with the same addresses of their own; null where that is not known of both. */
  hasSameAddresses: boolean | null;
}

/** Hosts that show the same SSH key and the same engine id: other names of one machine, or copies of it. */
export function twinsOf(host: SeenHost, all: readonly SeenHost[]): Twin[] {
  const engine = host.lastSeen?.facts.engine.engineId ?? '';
  const keys = new Set(host.hostKeys.map(({ fingerprint }) => fingerprint));
  if (engine === '' || keys.size === 0) return [];
  return all
    .filter(({ name, lastSeen }) => name !== host.name && lastSeen?.facts.engine.engineId === engine)
    .filter(({ hostKeys }) => hostKeys.some(({ fingerprint }) => keys.has(fingerprint)))
    .map((other) => ({ name: other.name, hasSameAddresses: isSame(addressesOf(host), addressesOf(other)) }));
}

/** What is to be known of them, and what to do in each case. */
export function twinSentences(name: string, twins: readonly Twin[]): string[] {
  if (twins.length === 0) return [];
  const names = nameList(twins.map((twin) => twin.name));
  return [
    `${name} shows the same SSH host key and the same engine id as ${names}: they are names of one machine, or copies of one disk.${hint(name, twins)}`,
    `One machine: keep one name, \`flotilla host rm ${name}\` takes this one off. It can be no second node of a swarm.`,
    `A copy: give it keys and an engine id of its own, on it: \`${ownIdentity}\`. Then \`flotilla host rm ${name}\`, and add it anew.`,
  ];
}

const ownIdentity =
  'systemctl stop docker; rm -f /etc/docker/key.json /var/lib/docker/engine-id; systemctl start docker; rm -f /etc/ssh/ssh_host_*; ssh-keygen -A; systemctl restart ssh';

function hint(name: string, twins: readonly Twin[]): string {
  const known = twins.find(({ hasSameAddresses }) => hasSameAddresses !== null);
  if (known === undefined) return '';
  return known.hasSameAddresses === true
    ? ` ${name} and ${known.name} have the same addresses of their own, as one machine has.`
    : ` ${name} and ${known.name} have other addresses of their own, as copies have.`;
}

function addressesOf({ lastSeen }: SeenHost): string[] | null {
  const system = lastSeen?.facts.system;
  if (system?.known !== true) return null;
  // Every engine has the same bridge.
  const own = system.value.addresses.map(({ address }) => address).filter((address) => !address.startsWith('172.'));
  return own.length === 0 ? null : own.toSorted(naturally);
}

const isSame = (one: string[] | null, other: string[] | null): boolean | null =>
  one === null || other === null ? null : one.join() === other.join();
