import type { Outcome, StepOfKind } from '#core/step.ts';
import { deleteHeld } from '../docker/held.ts';
import { isRefusal } from '../docker/refusal.ts';
import { waitFor } from '../wait-for.ts';
import type { StepContext } from './context.ts';
import { notOurs } from './create-network.ts';
import { findHeld } from './held.ts';
import { isInUse } from './in-use.ts';
import { isOurs } from './labels.ts';
import { isAway } from './managers.ts';
import { alreadyDone, done, failed } from './outcomes.ts';

/** `DELETE /configs/{id}`, which a swarm refuses while a service is given it. */
export async function removeConfig(step: StepOfKind<'remove-config'>, context: StepContext): Promise<Outcome> {
  const { config, id } = step.args;
  const before = await findHeld(context, 'configs', config);
  if (before === undefined || before.ID !== id) return alreadyDone();
  if (!isOurs(before.Spec.Labels, context)) return notOurs('config', config);
  const gone = await waitFor(() => tryRemove(context, config, id), { limitMs: 10_000 });
  if (gone === undefined) return failed('step_failed', `The config ${config} is still listed.`, { next: 'Retry.' });
  return gone === 'in use' ? inUse(config) : done();
}

async function tryRemove(context: StepContext, config: string, id: string): Promise<'gone' | 'in use' | undefined> {
  if ((await findHeld(context, 'configs', config))?.ID !== id) return 'gone';
  try {
    await context.managers.ask((engine) => deleteHeld(engine, 'configs', id));
  } catch (error) {
    if (isInUse(error)) return 'in use';
    if (!isAway(error) && !isRefusal(error, 404)) throw error;
  }
  return undefined;
}

const inUse = (config: string): Outcome =>
  failed('conflict', `The config ${config} is given to a service that was not there when the plan was made.`, {
    done: 'It was left as it is.',
    next: `See \`docker service ls\` for which one; then plan and apply again.`,
  });
