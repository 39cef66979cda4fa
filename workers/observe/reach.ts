import { AppError } from '#core/errors.ts';
import type { HostFacts } from '#core/observation.ts';
import { known, type Observed } from '#core/observed.ts';
import { isOuter } from '#core/plan/addresses.ts';
import { advertisePath } from '#core/plan/decisions.ts';
import type { Lease } from '#core/worker-wire.ts';
import type { Hosts } from '../hosts.ts';

type HostsSeen = Record<string, Observed<HostFacts>>;

/** Above this many hosts, each asks this many others only. */
const askedMax = 4;

/**
 * Where a host that is in no swarm yet has several addresses to be known by, lets hosts ask each other's addresses:
 * which one to advertise is then chosen by what is reached. A host that cannot tell leaves that open.
 */
export async function withReach(hosts: Hosts, seen: HostsSeen, revision: Lease['revision']): Promise<HostsSeen> {
  const names = Object.keys(revision?.spec.nodes ?? {}).filter((name) => Object.hasOwn(seen, name));
  const fixed = new Set(revision?.decisions.map(({ path }) => path));
  const isOpen = names.some(
    (name) => !fixed.has(advertisePath(name)) && isFree(seen[name]) && addressesOf(seen[name]).length > 1,
  );
  if (!isOpen || names.length < 2) return seen;
  const entries = await Promise.all(
    names.map(async (name, index): Promise<[string, Observed<HostFacts>]> => {
      const count = Math.min(names.length - 1, askedMax);
      const others = Array.from({ length: count }, (_, offset) => names[(index + 1 + offset) % names.length] ?? name);
      const facts = seen[name];
      if (facts === undefined || !facts.known || !facts.value.system.known) return [name, facts ?? notSeen];
      const reach = await ask(
        hosts,
        name,
        others.flatMap((other) => addressesOf(seen[other])),
      );
      return [name, known({ ...facts.value, system: known({ ...facts.value.system.value, reach }) })];
    }),
  );
  return { ...seen, ...Object.fromEntries(entries) };
}

const notSeen: Observed<HostFacts> = { known: false, reason: 'it was not looked at' };

const isFree = (facts: Observed<HostFacts> | undefined): boolean =>
  facts?.known === true && facts.value.engine.swarm.state === 'inactive';

/** IPv4 addresses that other hosts might reach. */
function addressesOf(facts: Observed<HostFacts> | undefined): string[] {
  if (facts?.known !== true || !facts.value.system.known) return [];
  return facts.value.system.value.addresses
    .filter((one) => isOuter(one) && !one.address.includes(':'))
    .map(({ address }) => address);
}

async function ask(hosts: Hosts, host: string, addresses: readonly string[]) {
  try {
    return addresses.length === 0 ? {} : await hosts.reach(host, addresses);
  } catch (error) {
    if (error instanceof AppError) return {};
    throw error;
  }
}
