import type { Outcome, StepOfKind } from '#core/step.ts';
import { listNodes } from '../docker/nodes.ts';
import type { EngineClient } from '../docker/engine.ts';
import type { StepContext } from './context.ts';
import { leaveAs } from './leave-swarm.ts';
import { blocked } from './outcomes.ts';

/**
 * `POST /swarm/leave` with force on the manager that is the last node. Confirmed as for any other host that leaves; a
 * swarm that has another node still is not ended.
 */
export const endSwarm = (step: StepOfKind<'end-swarm'>, context: StepContext): Promise<Outcome> =>
  leaveAs(step, context, { force: true, objection: (engine) => othersLeft(engine, step) });

async function othersLeft(engine: EngineClient, { host, args }: StepOfKind<'end-swarm'>): Promise<Outcome | null> {
  const others = (await listNodes(engine)).filter(({ ID }) => ID !== args.id);
  if (others.length === 0) return null;
  const names = others.map(({ ID, Description }) => `${Description.Hostname} (${ID})`);
  return blocked({
    id: 'swarm-has-nodes',
    hosts: host === null ? [] : [host],
    message: `The swarm has other nodes than ${args.node} still: ${names.join(', ')}.`,
    fix: 'Plan again, so that it is told what there is to do now.',
  });
}
