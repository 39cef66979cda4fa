import type { Adoption } from '#core/adoption.ts';
import type { Observation } from '#core/observation.ts';
import type { Plan } from '#core/plan.ts';
import type { Spec } from '#core/spec/spec.ts';
import type { WantedContainer } from '../checks/container-checks.ts';
import { wantedContainers } from '../checks/wanted-checks.ts';
import type { Hosts } from '../hosts.ts';
import { membersOf } from '../observe/members.ts';
import type { ReportInput } from '../reporter.ts';
import type { RunContext } from '../run-context.ts';
import { JoinTokens } from './join-tokens.ts';
import { Managers } from './managers.ts';

/** What every step executor is given. */
export interface StepContext {
  operation: string;
  cluster: string;
  /** What this run saw a moment ago, when it planned; null when it goes on with a stored plan. */
  seenJustNow: Observation | null;
  hosts: Hosts;
  managers: Managers;
  tokens: JoinTokens;
  report: (input: ReportInput) => void;
  /** What the revision says in its configs. */
  configs: Spec['configs'];
  /** Standalone containers that the revision wants. */
  containers: readonly WantedContainer[];
  /** Hosts that the spec makes nodes. */
  expected: string[];
  /** NodeID of each host, as far as known; steps add what they learn. */
  nodes: Map<string, string>;
}

export function createStepContext(context: RunContext, plan: Plan, observation: Observation | null): StepContext {
  const { lease, hosts, reporter } = context;
  return {
    operation: lease.operation.id,
    cluster: plan.cluster,
    seenJustNow: observation,
    hosts,
    managers: createManagers(context, observation),
    tokens: new JoinTokens((host) => hosts.engine(host)),
    report: (input) => reporter.report(input),
    nodes: new Map([
      ...Object.entries(lease.cluster?.nodes ?? {}),
      ...(observation === null ? [] : membersOf(observation)),
    ]),
    configs: lease.revision?.spec.configs,
    containers: lease.revision === null ? [] : wantedContainers(lease.revision.spec),
    expected: Object.keys(lease.revision?.spec.nodes ?? {}),
  };
}

/** Roles change behind our back, so that the others are asked as well, after those that were managers. */
const adoptedManagers = ({ nodes }: Adoption): string[] =>
  nodes
    .toSorted((a, b) => Number(b.role === 'manager') - Number(a.role === 'manager'))
    .flatMap(({ host }) => (host === null ? [] : [host]));

const specManagers = ({ revision }: RunContext['lease']): string[] =>
  Object.entries(revision?.spec.nodes ?? {})
    .filter(([, node]) => node.role === 'manager')
    .map(([name]) => name);

/** Hosts of the cluster that the spec makes no managers; those that are none now are left out where that was seen. */
function others({ hosts, cluster, revision }: RunContext['lease'], observation: Observation | null): string[] {
  const isSeenWorker = (host: string): boolean => {
    const facts = observation?.hosts[host];
    return facts?.known === true && !facts.value.engine.swarm.controlAvailable;
  };
  return hosts
    .filter((host) => host.cluster !== null && host.cluster === cluster?.name)
    .filter(({ name }) => revision?.spec.nodes[name]?.role !== 'manager' && !isSeenWorker(name))
    .map(({ name }) => name);
}

/**
 * The managers of the lease's cluster, in the order of its spec, then its other hosts: one that becomes a worker or leaves
 * may be the only manager until then. Of an adopted one whoever was a manager then comes first.
 * One that could not be seen a moment ago is asked last:
 * an engine that hangs takes a whole time limit to say so.
 */
export function createManagers(
  { lease, hosts }: Pick<RunContext, 'lease' | 'hosts'>,
  observation: Observation | null = null,
): Managers {
  const wasUnseen = (host: string): boolean => observation?.hosts[host]?.known === false;
  const adoption = lease.cluster?.adoption ?? null;
  const inOrder =
    adoption === null ? [...specManagers(lease), ...others(lease, observation)] : adoptedManagers(adoption);
  return new Managers({
    engineOf: (host) => hosts.engine(host),
    candidates: [...inOrder.filter((host) => !wasUnseen(host)), ...inOrder.filter(wasUnseen)],
    swarmId: lease.cluster?.swarmId ?? null,
    cluster: lease.cluster?.name ?? '',
  });
}
