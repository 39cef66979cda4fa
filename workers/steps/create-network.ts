import type { NetworkFacts } from '#core/observation.ts';
import type { Outcome, StepOfKind } from '#core/step.ts';
import { networkFacts } from '../observe/facts.ts';
import { waitFor } from '../wait-for.ts';
import type { StepContext } from './context.ts';
import { isOurs, withOwnLabels } from './labels.ts';
import { isAway } from './managers.ts';
import { alreadyDone, blocked, done, failed } from './outcomes.ts';
import { createNetwork as postNetwork, listNetworks } from '../docker/networks.ts';
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

/** The swarm-scoped network of exactly this name, as a manager lists it. */
export async function findNetwork(context: StepContext, name: string): Promise<NetworkFacts | undefined> {
  const list = await context.managers.ask((engine) =>
    listNetworks(engine, { filters: { name: [name], scope: ['swarm'] } }),
  );
  return networkFacts(list).find((network) => network.name === name);
}

/** The refusal for an object of that name without our label: it is never changed nor removed. */
export function notOurs(what: string, name: string): Outcome {
  return blocked({
    id: 'not_ours',
    message: `There is a ${what} ${name} that Flotilla did not make.`,
    fix: `Rename yours in the spec, or remove the existing ${what} by hand if it is not needed.`,
  });
}
