import type { NetworkFacts } from '#core/observation.ts';
import type { Outcome, StepOfKind } from '#core/step.ts';
import { waitFor } from '../wait-for.ts';
import type { StepContext } from './context.ts';
import { findNetwork } from './find-network.ts';
import { isOurs, notOurs, withOwnLabels } from './labels.ts';
import { isAway } from './managers.ts';
import { alreadyDone, done, failed } from './outcomes.ts';
import { createNetwork as postNetwork } from '../docker/networks.ts';
import { isRefusal } from '../docker/refusal.ts';

/**
 * `POST /networks/create` on a manager; the swarm spreads it to nodes when they first need it. One that this run saw
 * missing a moment ago is not looked for before: a swarm has each name once, and refuses a second one.
 */
export async function createNetwork(step: StepOfKind<'create-network'>, context: StepContext): Promise<Outcome> {
  const { network, create } = step.args;
  const before = context.seenJustNow === null ? await findNetwork(context, network) : undefined;
  if (before !== undefined) return found(before, context);
  try {
    await context.managers.ask((engine) => postNetwork(engine, withOwnLabels(create, context)));
  } catch (error) {
    const other = isRefusal(error) ? await findNetwork(context, network) : undefined;
    if (other !== undefined) return found(other, context);
    if (!isAway(error)) throw error;
  }
  const after = await waitFor(() => findNetwork(context, network), { limitMs: 10_000 });
  if (after === undefined)
    return failed('step_failed', `The network ${network} was asked for but is not listed.`, { next: 'Retry.' });
  return done(after.subnets.map(({ subnet }) => subnet).join(', '));
}

const found = ({ name, labels }: NetworkFacts, context: StepContext): Outcome =>
  isOurs(labels, context) ? alreadyDone() : notOurs('network', name);
