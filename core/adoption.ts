import { z } from 'zod';
import type { Host } from './host.ts';
import type { HostFacts, NodeFacts, Observation, SwarmFacts } from './observation.ts';
import type { Observed } from './observed.ts';
import type { OperationError } from './operation.ts';
import { clusterLabel, nameSchema } from './spec/names.ts';
import { withStop } from './sentence.ts';

/** One node of an adopted swarm. `addHost` is the command that registers it as a host; null when it is one. */
const adoptedNodeSchema = z.object({
  id: z.string(),
  hostname: z.string(),
  address: z.string(),
  role: z.enum(['manager', 'worker']),
  availability: z.enum(['active', 'pause', 'drain']),
  state: z.string(),
  host: z.string().nullable(),
  addHost: z.string().nullable(),
});
export type AdoptedNode = z.infer<typeof adoptedNodeSchema>;

/** What was seen of a swarm that somebody else formed, when it was adopted. */
export const adoptionSchema = z.object({
  at: z.string(),
  /** The host that was asked. */
  manager: z.string(),
  swarmId: z.string(),
  dataPathPort: z.number(),
  /** The cluster that the swarm's own label names: one that another Flotilla has formed. */
  label: z.string().nullable(),
  nodes: z.array(adoptedNodeSchema),
  /** Overlay networks, without the routing mesh's own. */
  networks: z.array(z.object({ name: z.string(), attachable: z.boolean(), subnets: z.array(z.string()) })),
  services: z.array(z.string()),
  /** Registered hosts that could not be asked which node they are, with the reason. */
  unseen: z.record(z.string(), z.string()),
  /** Where a draft was asked for: the revision that has it, and what of the swarm no spec says. */
  draft: z
    .object({
      revision: z.number().nullable(),
      untold: z.array(z.object({ what: z.string(), why: z.string() })),
    })
    .optional(),
});
export type Adoption = z.infer<typeof adoptionSchema>;

export interface AdoptionInput {
  /** The host that is said to be a manager. */
  from: string;
  observation: Observation;
  /** The hosts that may be nodes: those that belong to no cluster, or to this one. */
  hosts: readonly Host[];
  /** Names of hosts that are taken, also by hosts of other clusters. */
  taken: ReadonlySet<string>;
}

export type AdoptionResult = { kind: 'adopted'; adoption: Adoption } | { kind: 'refused'; error: OperationError };

/**
 * Reads an observation as a swarm to adopt. A host is a node of it when the manager lists its NodeID; names and
 * addresses prove nothing. Pure; refuses with what is in the way when `from` does not lead to a swarm.
 */
export function adoptionOf(input: AdoptionInput): AdoptionResult {
  const { from, observation } = input;
  const error = managerRefusal(input, observation.hosts[from]);
  if (error !== null) return { kind: 'refused', error };
  const { swarm } = observation;
  if (!swarm.known) {
    return refused(
      from,
      swarm.code ?? 'engine_unreachable',
      `${from} is a manager, and yet its swarm cannot be read: ${withStop(swarm.reason)}`,
      {
        next: 'See that a majority of the managers is up, then adopt again.',
      },
    );
  }
  if (swarm.value === null) return refused(from, 'conflict', `${from} is in no swarm, so there is nothing to adopt.`);
  return { kind: 'adopted', adoption: seenOf(input, swarm.value) };
}

/** Why the host does not lead to a swarm; null when it is a manager. */
function managerRefusal(input: AdoptionInput, facts: Observed<HostFacts> | undefined): OperationError | null {
  const { from } = input;
  if (facts === undefined || !facts.known) {
    const reason = facts === undefined ? 'it was not looked at' : facts.reason;
    return errorOf(from, facts?.code ?? 'host_unreachable', `${from} could not be asked: ${withStop(reason)}`, {
      next: `Mend that (\`flotilla host probe ${from}\` looks again), or name another manager.`,
    });
  }
  const { state, controlAvailable, error } = facts.value.engine.swarm;
  switch (state) {
    case 'inactive':
      return errorOf(from, 'conflict', `${from} is in no swarm, so there is nothing to adopt.`, {
        next: 'Name a host that is a manager, or form a swarm with `flotilla apply`.',
      });
    case 'locked':
      return errorOf(from, 'conflict', `The swarm of ${from} is locked, so it cannot be read.`, {
        next: `Unlock it with \`docker swarm unlock\` on ${from}, then adopt again.`,
      });
    case 'pending':
    case 'error':
      return errorOf(
        from,
        'conflict',
        `${from} is in a swarm but not well in it (${state}${error === null ? '' : `: ${error}`}).`,
        {
          next: `Look at \`docker info\` on ${from}, or name another manager.`,
        },
      );
    case 'active':
      return controlAvailable
        ? null
        : errorOf(from, 'conflict', `${from} is a worker of a swarm; only a manager can list it.`, {
            next: managerHint(input),
          });
  }
}

function managerHint({ observation }: AdoptionInput): string {
  const managers = Object.entries(observation.hosts)
    .filter(([, facts]) => facts.known && facts.value.engine.swarm.controlAvailable)
    .map(([name]) => name);
  return managers.length === 0
    ? 'Register one of its managers with `flotilla host add`, and name that one.'
    : `Name a manager of it. Registered hosts that are managers of some swarm: ${managers.join(', ')}.`;
}

function seenOf(input: AdoptionInput, swarm: SwarmFacts): Adoption {
  const { observation, hosts, from } = input;
  const hostOf = new Map<string, string>();
  const unseen: Record<string, string> = {};
  for (const { name } of hosts) {
    const facts = observation.hosts[name];
    if (facts === undefined) continue;
    if (!facts.known) unseen[name] = facts.reason;
    else if (facts.value.engine.swarm.nodeId !== null) hostOf.set(facts.value.engine.swarm.nodeId, name);
  }
  const names = new Set(input.taken);
  const like = hosts.find(({ name }) => name === from);
  return {
    at: observation.at,
    manager: from,
    swarmId: swarm.id,
    dataPathPort: swarm.dataPathPort,
    label: swarm.labels[clusterLabel] ?? null,
    nodes: swarm.nodes.map((node) => {
      const host = hostOf.get(node.id) ?? null;
      return { ...nodeOf(node), host, addHost: host === null ? addCommand(node, names, like) : null };
    }),
    networks: swarm.networks
      .filter(({ driver, ingress }) => driver === 'overlay' && !ingress)
      .map(({ name, attachable, subnets }) => ({ name, attachable, subnets: subnets.map(({ subnet }) => subnet) })),
    services: swarm.services.map(({ name }) => name),
    unseen,
  };
}

const nodeOf = ({ id, hostname, addr, role, availability, state }: NodeFacts) => ({
  id,
  hostname,
  address: addr,
  role,
  availability,
  state,
});

/** Addresses as a manager writes them. Whatever else stands there is not put into a command for people to copy. */
const addressPattern = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:]*)$/i;

/** The command that registers a node as a host, reached as `like` is: the same user, key and bastion. */
function addCommand(node: NodeFacts, names: Set<string>, like: Host | undefined): string {
  const name = freeName(node, names);
  const address = addressPattern.test(node.addr) && node.addr !== '0.0.0.0' ? node.addr : 'ADDRESS';
  const flags = [
    ...(like === undefined || like.port === 22 ? [] : [`--port ${like.port}`]),
    ...(like === undefined || like.key === 'default' ? [] : [`--key ${like.key}`]),
    ...(like === undefined || like.via === null ? [] : [`--via ${like.via}`]),
  ];
  const user = like === undefined || !/^[A-Za-z0-9_.-]+$/.test(like.user) ? 'root' : like.user;
  return ['flotilla host add', name, `${user}@${address.includes(':') ? `[${address}]` : address}`, ...flags].join(' ');
}

/** The node's host name where it can be the name of a host and is free, else one made of its NodeID. */
function freeName({ hostname, id }: NodeFacts, names: Set<string>): string {
  const short = hostname.split('.')[0] ?? '';
  const name =
    [short, hostname].find((one) => nameSchema.safeParse(one).success && !names.has(one)) ?? `node-${id.slice(0, 8)}`;
  names.add(name);
  return name;
}

/** Host name to NodeID, as the cluster's row has it. */
export const nodesOfAdoption = ({ nodes }: Adoption): Record<string, string> =>
  Object.fromEntries(nodes.flatMap(({ host, id }): [string, string][] => (host === null ? [] : [[host, id]])));

const errorOf = (host: string, code: string, message: string, { next }: { next?: string } = {}): OperationError => ({
  code,
  message,
  done: 'Nothing was recorded, and nothing was changed on any host.',
  host,
  ...(next === undefined ? {} : { next }),
});

const refused = (host: string, code: string, message: string, fields: { next?: string } = {}): AdoptionResult => ({
  kind: 'refused',
  error: errorOf(host, code, message, fields),
});
