import type { Observation } from '#core/observation.ts';
import type { OperationError } from '#core/operation.ts';
import { planCluster } from '#core/plan/plan-cluster.ts';
import type { Plan } from '#core/plan.ts';
import { rootCausesOf } from '#core/causes/finding-of.ts';
import type { Preflight } from '#core/preflight.ts';
import { type PreflightWants, wantsOf } from '#core/preflight/wants.ts';
import type { Step } from '#core/step.ts';
import { condensed } from '#core/reports/condense.ts';
import { runPreflight } from '../preflight/run-preflight.ts';
import type { RunContext } from '../run-context.ts';
import { planInputOf } from './plan-input.ts';

/**
 * The first part of an apply that forms a swarm or makes it grow: looks whether the hosts are fit, before anything is
 * changed and before the plan is accepted. Gives why the apply stops here; null to go on. A plan that will be refused
 * is left to the API to refuse.
 */
export async function preflightFirst(context: RunContext, observation: Observation): Promise<OperationError | null> {
  const { lease, hosts, reporter } = context;
  const { request, id } = lease.operation;
  if (request.kind !== 'apply' || request.preflight === 'skip' || lease.revision === null) return null;
  const input = planInputOf(lease, observation);
  const planned = await planCluster(input);
  if (planned.kind === 'refused') return null;
  const joining = planned.plan.steps.flatMap(joinOf);
  if (joining.length === 0) return null;
  const wants = withAddresses(wantsOf(lease.revision.spec), planned.plan, observation);
  const newcomers = joining.map(({ host }) => host);
  const preflight = await runPreflight({
    hosts,
    names: involved(Object.keys(lease.revision.spec.nodes), newcomers, wants.managers),
    wants,
    // Who is a node of ours and who is not was settled by the plan.
    ours: null,
    full: false,
    operation: id,
    note: (host, text) => reporter.report({ type: 'note', step: null, host, text }),
  });
  reporter.report({ type: 'preflight', preflight: condensed(preflight) });
  return stopReason(preflight, request.preflight === 'warnings');
}

interface Joining {
  host: string;
  advertise: string;
  dataPath: string | null;
}

function joinOf(step: Step): Joining[] {
  const joins = step.kind === 'init-swarm' || step.kind === 'join-manager' || step.kind === 'join-worker';
  if (!joins || step.host === null) return [];
  return [{ host: step.host, advertise: step.args.advertiseAddr, dataPath: step.args.dataPathAddr }];
}

/** The addresses that the plan gives to newcomers, and the port that a running swarm uses already. */
function withAddresses(wants: PreflightWants, plan: Plan, { swarm }: Observation): PreflightWants {
  const chosen = plan.steps.flatMap(joinOf).map(({ host, ...address }): [string, typeof address] => [host, address]);
  const running = swarm.known ? swarm.value?.dataPathPort : undefined;
  return {
    ...wants,
    addresses: { ...wants.addresses, ...Object.fromEntries(chosen) },
    dataPathPort: running ?? wants.dataPathPort,
  };
}

/** Up to this many hosts every newcomer is tested with every other host. */
const allUpTo = 10;
const partners = 4;

/** Of many hosts: the newcomers, the managers, and a few of the others. */
function involved(nodes: readonly string[], newcomers: readonly string[], managers: readonly string[]): string[] {
  if (nodes.length <= allUpTo || newcomers.length === nodes.length) return [...nodes];
  const others = nodes.filter((host) => !newcomers.includes(host) && !managers.includes(host)).slice(0, partners);
  const wanted = new Set([...newcomers, ...managers, ...others]);
  return nodes.filter((host) => wanted.has(host));
}

/** An error always stops it, a warning when that was asked for; what could not be seen is proved at the end. */
function stopReason({ findings }: Preflight, warningsToo: boolean): OperationError | null {
  const causes = rootCausesOf(findings);
  const worst = causes.find(({ severity }) => severity === 'error') ?? (warningsToo ? causes[0] : undefined);
  if (worst === undefined) return null;
  const [host] = worst.hosts;
  return {
    code: 'preflight_failed',
    message: `${worst.message} [${worst.id}]`,
    done: 'Nothing was changed on any host; the revision is still proposed.',
    ...(worst.fix === undefined ? {} : { next: worst.fix }),
    ...(host === undefined || worst.hosts.length > 1 ? {} : { host }),
  };
}
