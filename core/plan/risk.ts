import { hostAccess } from '../engine/host-access.ts';
import { type Risk, risks } from '../plan.ts';
import type { Step, StepKind, StepOfKind } from '../step.ts';
import { isDemotion, leavesNoneToSpare } from './managers.ts';
import { takesOver } from './taken.ts';
import { memberOf, type World } from './world.ts';

/**
 * The class of a plan is that of its riskiest step; without a changing step it is `read`.
 * What only adds is low, and so is taking away what nothing uses and a rollback makes again; what changes or restarts
 * something that runs is medium; what takes something away, or gives a container a hold on its host, is high; and what
 * takes away that on which others stand (a network in use, a manager for good or the last that could be spared, the swarm
 * itself), or what cannot be seen (a node by force), is critical.
 */
export function riskOf(world: World, steps: readonly Step[]): Risk {
  const found = new Set(steps.map((step) => stepRisk(world, steps, step)));
  if (takesOver(world.input)) found.add('medium');
  return risks.findLast((risk) => found.has(risk)) ?? 'read';
}

type Plain = Exclude<StepKind, 'set-node' | 'join-manager' | 'remove-network' | 'leave-swarm' | 'remove-node'>;
const classes: Record<Plain, Risk> = {
  'prepare-host': 'read',
  verify: 'read',
  'init-swarm': 'low',
  'join-worker': 'low',
  'create-network': 'low',
  'create-config': 'low',
  'remove-config': 'low',
  'create-secret': 'low',
  'create-service': 'low',
  'run-container': 'low',
  'update-service': 'medium',
  'replace-container': 'medium',
  'restart-engine': 'medium',
  'end-swarm': 'critical',
  'drain-node': 'medium',
  'rotate-join-token': 'medium',
  'remove-service': 'high',
  'remove-container': 'high',
  // Nobody can read it again, and a rollback makes it only of what the worker still has.
  'remove-secret': 'high',
};

function stepRisk(world: World, steps: readonly Step[], step: Step): Risk {
  switch (step.kind) {
    case 'set-node':
      return settingRisk(world, steps, step);
    case 'join-manager':
      // One manager more in a swarm that runs changes its quorum, as a promotion does.
      return world.swarm === null ? 'low' : 'medium';
    case 'remove-network':
      return (step.args.usedBy ?? []).length > 0 ? 'critical' : 'high';
    case 'leave-swarm':
      return memberOf(world, step.args.node)?.role === 'manager' ? 'critical' : 'high';
    case 'remove-node':
      // By force: nobody sees what still runs on the host, which goes on believing that it is a node.
      return step.args.force ? 'critical' : 'high';
    default:
      // What it has of its host it has already.
      if (step.kind === 'update-service' && step.args.labelsOnly === true) return 'low';
      return hostAccess(step).length > 0 ? 'high' : classes[step.kind];
  }
}

/** Taking a manager away is high or critical; moving work (drain, pause) or a promotion medium; labels alone low. */
function settingRisk(world: World, steps: readonly Step[], step: StepOfKind<'set-node'>): Risk {
  const { args } = step;
  const now = memberOf(world, args.node);
  if (now === undefined) return args.availability === 'active' ? 'low' : 'medium';
  if (isDemotion(world, step)) return leavesNoneToSpare(world, steps) ? 'critical' : 'high';
  return now.role === args.role && now.availability === args.availability ? 'low' : 'medium';
}
