import type { Host } from '../host.ts';
import type { Observation } from '../observation.ts';
import type { Decision } from '../plan.ts';
import type { LeftOut } from '../spec/compose/words.ts';
import type { Spec } from '../spec/spec.ts';

/** Everything a plan is made from. The same input always gives the same plan, byte for byte. */
export interface PlanInput {
  cluster: string;
  /** What is on record about the swarm: its id once it was formed, and the NodeID of each host as far as known. */
  record: { swarmId: string | null; nodes: Readonly<Record<string, string>> };
  /** The hosts as registered; a node of the spec without one is refused. */
  hosts: readonly Host[];
  base: number | null;
  revision: number;
  spec: Spec;
  /** Values of `auto` that are fixed already, with this revision or an earlier one. They win over what is observed. */
  decisions: readonly Decision[];
  observation: Observation;
  /** What was left out of stacks in the base, and was told with it; absent where the base itself is planned. */
  leftOutBefore?: LeftOut | undefined;
  /** Ask for the `verify` step even when nothing else is to do. */
  verify?: boolean;
}
