import { madeConfigs } from '#core/engine/made-config.ts';
import type { Outcome, StepOfKind } from '#core/step.ts';
import { createHeld, type Held } from '../docker/held.ts';
import { isRefusal } from '../docker/refusal.ts';
import { waitFor } from '../wait-for.ts';
import type { StepContext } from './context.ts';
import { notOurs } from './create-network.ts';
import { findHeld } from './held.ts';
import { isOurs, ownLabels } from './labels.ts';
import { isAway } from './managers.ts';
import { alreadyDone, blocked, done, failed } from './outcomes.ts';

/** `POST /configs/create` on a manager, with what the revision says; the plan has the digest of it. */
export async function createConfig(step: StepOfKind<'create-config'>, context: StepContext): Promise<Outcome> {
  const { config, name, labels, digest } = step.args;
  const made = (await madeConfigs(context)).get(config);
  if (made?.digest !== digest) return otherContent(config);
  const data = Buffer.from(made.content).toString('base64');
  const before = await findHeld(context, 'configs', name);
  if (before !== undefined) return found(before, data, context);
  try {
    const body = { Name: name, Labels: { ...labels, ...ownLabels(context) }, Data: data };
    await context.managers.ask((engine) => createHeld(engine, 'configs', body));
  } catch (error) {
    const other = isRefusal(error) ? await findHeld(context, 'configs', name) : undefined;
    if (other !== undefined) return found(other, data, context);
    if (!isAway(error)) throw error;
  }
  const after = await waitFor(() => findHeld(context, 'configs', name), { limitMs: 10_000 });
  if (after === undefined)
    return failed('step_failed', `The config ${name} was asked for but is not listed.`, { next: 'Retry.' });
  const outcome = found(after, data, context);
  return outcome.kind === 'already-done' ? done() : outcome;
}

/** The name has but the beginning of the digest, so what it says is looked at as well. */
function found({ Spec: { Name, Labels, Data } }: Held, wanted: string, context: StepContext): Outcome {
  if (!isOurs(Labels, context)) return notOurs('config', Name);
  if (Data === wanted) return alreadyDone();
  return blocked({
    id: 'config-differs',
    message: `The config ${Name} is there and says something else than its name promises.`,
    fix: `Look at it with \`docker config inspect --pretty ${Name}\`, and remove it by hand if nobody needs it.`,
  });
}

const otherContent = (config: string): Outcome =>
  blocked({
    id: 'config-differs',
    message: `What the revision says in the config ${config} is not what was planned.`,
    fix: 'Plan and apply again.',
  });
