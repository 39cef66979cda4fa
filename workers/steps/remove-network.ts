import type { Outcome, StepOfKind } from '#core/step.ts';
import { waitFor } from '../wait-for.ts';
import type { StepContext } from './context.ts';
import { findNetwork } from './find-network.ts';
import { isOurs, notOurs } from './labels.ts';
import { isAway } from './managers.ts';
import { alreadyDone, done, failed } from './outcomes.ts';
import { isInUse } from './in-use.ts';
import { isRefusal } from '../docker/refusal.ts';
import { deleteNetwork } from '../docker/networks.ts';

/** `DELETE /networks/{id}`; endpoints of tasks that are just ending may hold it for some seconds. */
export async function removeNetwork(step: StepOfKind<'remove-network'>, context: StepContext): Promise<Outcome> {
  const { network, id, taken } = step.args;
  const before = await findNetwork(context, network);
  if (before === undefined || before.id !== id) return alreadyDone();
  if (!isOurs(before.labels, context) && taken !== true) return notOurs('network', network);
  const gone = await waitFor(() => tryRemove(context, network, id), { limitMs: 30_000, firstMs: 200, longestMs: 1000 });
  if (gone === true) return done();
  return failed('conflict', `The network ${network} is still in use after 30 s, so it was left as it is.`, {
    next: `See \`flotilla network inspect ${network}\` for what is attached, remove that, then retry.`,
  });
}

async function tryRemove(context: StepContext, network: string, id: string): Promise<true | undefined> {
  try {
    await context.managers.ask((engine) => deleteNetwork(engine, id));
  } catch (error) {
    // 404: the swarm has removed it; the manager's engine lists its own part until the last endpoint there is gone.
    if (!isAway(error) && !isInUse(error) && !isRefusal(error, 404)) throw error;
  }
  return (await findNetwork(context, network))?.id === id ? undefined : true;
}
