import type { Step, StepKind } from './step.ts';

/**
 * What must hold when a step starts, by name. The planner has checked it once; each executor looks again before it
 * acts, and ends as `blocked` when it finds one false. The names are part of the plan's digest.
 */
const preconditions = {
  'prepare-host': ['host reachable', 'engine usable', 'gossip port free'],
  'init-swarm': ['no host of the spec in a swarm', 'no swarm on record'],
  'join-manager': ['host in no swarm', 'gossip port free', 'manager of our swarm reachable'],
  'join-worker': ['host in no swarm', 'gossip port free', 'manager of our swarm reachable'],
  'set-node': ['node listed by a manager of ours', 'a majority of managers stays'],
  'drain-node': ['node listed by a manager of ours'],
  'leave-swarm': ['host is the node as planned, or in no swarm', 'no manager any more'],
  'end-swarm': ['host is the node as planned, or in no swarm', 'no other node is listed'],
  'remove-node': ['host has left, or force was asked for'],
  'rotate-join-token': ['manager of our swarm reachable'],
  'restart-engine': ['host reachable'],
  'create-network': ['no network of that name that is not ours'],
  'remove-network': ['network is ours', 'id as planned', 'nothing uses it'],
  'create-config': ['no config of that name that is not ours', 'content as planned'],
  'remove-config': ['config is ours', 'id as planned', 'nothing uses it'],
  'create-secret': ['no secret of that name that is not ours', 'the worker has its value'],
  'remove-secret': ['secret is ours', 'id as planned', 'nothing uses it'],
  'create-service': ['no service of that name that is not ours'],
  'update-service': ['service is ours', 'id as planned'],
  'remove-service': ['service is ours', 'id as planned'],
  'run-container': ['no container of that name on the host that is not ours'],
  'replace-container': ['container is ours', 'id as planned'],
  'remove-container': ['container is ours', 'id as planned'],
  verify: [],
} as const satisfies Record<StepKind, readonly string[]>;

/** The named preconditions of a step. */
export const preconditionsOf = (step: Pick<Step, 'kind'>): readonly string[] => preconditions[step.kind];
