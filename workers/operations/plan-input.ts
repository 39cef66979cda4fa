import type { Observation } from '#core/observation.ts';
import type { PlanInput } from '#core/plan/input.ts';
import type { Lease } from '#core/worker-wire.ts';

/** What a plan of the lease's revision is made from. @throws Error for a lease without a revision, which is a bug. */
export function planInputOf({ cluster, revision, hosts, operation }: Lease, observation: Observation): PlanInput {
  if (revision === null) throw new Error(`${operation.id} was leased without a revision`);
  return {
    cluster: revision.cluster,
    record: { swarmId: cluster?.swarmId ?? null, nodes: cluster?.nodes ?? {} },
    hosts,
    base: revision.base,
    revision: revision.number,
    spec: revision.spec,
    decisions: revision.decisions,
    observation,
  };
}
