import { parseIp } from '../net/cidr.ts';
import type { Step } from '../step.ts';
import { advertisedBy, type Advertised, checkDataPath } from './addresses.ts';
import { checkFitness } from './fitness.ts';
import { managerWarnings } from './managers.ts';
import { mergeParts, type Part, part, type Problem, problem } from './part.ts';
import { planNodeSettings } from './node-settings.ts';
import { stepId } from './steps.ts';
import { poolWarnings } from './pools.ts';
import { factsOf, memberOf, type World } from './world.ts';

const swarmPort = 2377;

/** Steps that make the hosts of the spec the nodes of one swarm, and give them role, availability and labels. */
export function planNodes(world: World): Part {
  const newcomers = world.nodes.filter((host) => isFree(world, host));
  const addresses = new Map(newcomers.map((host) => [host, advertisedBy(world, host)]));
  const fitness = checkFitness(world, newcomers);
  const dataPaths = newcomers.flatMap((host) => checkDataPath(world, host));
  const shared = sharedAddresses(world, addresses);
  const parts = mergeParts([fitness, ...addresses.values(), part({ problems: [...dataPaths, ...shared] })]);
  if (parts.problems.length > 0) return parts;
  const steps = formSteps(world, newcomers, addresses);
  const settings = planNodeSettings(world, steps);
  const warnings = [...poolWarnings(world, steps), ...managerWarnings(world, [...steps, ...settings.steps])];
  return mergeParts([parts, part({ steps, warnings }), settings]);
}

function isFree(world: World, host: string): boolean {
  const facts = factsOf(world, host);
  return facts.known && facts.value.engine.swarm.state === 'inactive';
}

/** Two names for one machine, or two machines with one address: the second could never join. */
function sharedAddresses(world: World, addresses: ReadonlyMap<string, Advertised>): Problem[] {
  const all = world.nodes.flatMap((host) => {
    const address = addresses.get(host)?.address ?? nodeAddress(world, host);
    return address === null ? [] : [{ host, address }];
  });
  return [...Map.groupBy(all, ({ address }) => address)]
    .filter(([, same]) => same.length > 1)
    .map(([address, same]) => {
      const hosts = same.map(({ host }) => host);
      return problem('conflict', {
        id: 'address-shared',
        hosts,
        message: `${hosts.join(' and ')} have the same address ${address}.`,
        fix: 'If they are one machine, keep one of them in the spec; else give each its own address.',
      });
    });
}

/** The address that a node of ours advertises, as its own engine says or, when it cannot be seen, a manager. */
function nodeAddress(world: World, host: string): string | null {
  const facts = factsOf(world, host);
  const own = facts.known ? facts.value.engine.swarm.nodeAddr : null;
  const listed = memberOf(world, host)?.addr ?? '';
  return own ?? (listed === '' || listed === '0.0.0.0' || listed === '127.0.0.1' ? null : listed);
}

function formSteps(world: World, newcomers: readonly string[], addresses: ReadonlyMap<string, Advertised>): Step[] {
  if (newcomers.length === 0) return [];
  const prepares = newcomers.map((host): Step => ({
    id: stepId('prepare-host', host),
    kind: 'prepare-host',
    host,
    args: { joins: true },
    after: [],
  }));
  const addressOf = (host: string): string => addresses.get(host)?.address ?? nodeAddress(world, host) ?? host;
  const first = world.swarm === null ? newcomers.find((host) => isManager(world, host)) : undefined;
  const init = first === undefined ? [] : [initStep(world, first, addressOf(first), idsOfSteps(prepares))];
  const joining = newcomers.filter((host) => host !== first);
  const via = first ?? managerToAsk(world);
  return [...prepares, ...init, ...joinSteps(world, { joining, via, addressOf, after: idsOfSteps(init) })];
}

const idsOfSteps = (steps: readonly Step[]): string[] => steps.map(({ id }) => id);

const isManager = (world: World, host: string): boolean => world.spec.nodes[host]?.role === 'manager';

/** After all `prepare-host`: nothing is changed anywhere when one host turns out not to be fit. */
function initStep(world: World, host: string, advertiseAddr: string, after: string[]): Step {
  const { swarm, nodes } = world.spec;
  return {
    id: stepId('init-swarm', host),
    kind: 'init-swarm',
    host,
    args: {
      cluster: world.input.cluster,
      advertiseAddr,
      dataPathAddr: nodes[host]?.data_path_addr ?? null,
      dataPathPort: swarm.data_path_port,
      addressPools: swarm.address_pools,
      subnetSize: swarm.subnet_size,
    },
    after,
  };
}

/** The host whose engine gives tokens: the leader where it is a host of the spec that can be seen, else who was asked. */
function managerToAsk(world: World): string {
  const leader = world.nodes.find((host) => memberOf(world, host)?.leader === true && factsOf(world, host).known);
  return leader ?? world.swarm?.manager ?? '';
}

interface Joining {
  joining: readonly string[];
  via: string;
  addressOf: (host: string) => string;
  /** The init step, when there is one. */
  after: string[];
}

/** Managers one after the other, as raft takes one new member at a time; workers all at once. */
function joinSteps(world: World, { joining, via, addressOf, after }: Joining): Step[] {
  const argsOf = (host: string) => ({
    via,
    remoteAddr: withPort(addressOf(via)),
    advertiseAddr: addressOf(host),
    dataPathAddr: world.spec.nodes[host]?.data_path_addr ?? null,
  });
  // With an init step, that one has waited for every `prepare-host` already.
  const fit = (host: string): string[] => (after.length === 0 ? [stepId('prepare-host', host)] : after);
  const managers = joining.filter((host) => isManager(world, host));
  const joinManagers = managers.map((host, at): Step => {
    const previous = managers[at - 1];
    const waits = previous === undefined ? fit(host) : [...fit(host), stepId('join-manager', previous)];
    return { id: stepId('join-manager', host), kind: 'join-manager', host, args: argsOf(host), after: waits };
  });
  const workers = joining.filter((host) => !isManager(world, host));
  const joinWorkers = workers.map((host): Step => {
    return { id: stepId('join-worker', host), kind: 'join-worker', host, args: argsOf(host), after: fit(host) };
  });
  return [...joinManagers, ...joinWorkers];
}

const withPort = (address: string): string =>
  parseIp(address)?.family === 6 ? `[${address}]:${swarmPort}` : `${address}:${swarmPort}`;
