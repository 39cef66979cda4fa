import type { Outcome, StepOfKind } from '#core/step.ts';
import { createHeld, type Held } from '../docker/held.ts';
import { isRefusal } from '../docker/refusal.ts';
import { waitFor } from '../wait-for.ts';
import type { StepContext } from './context.ts';
import { notOurs } from './create-network.ts';
import { findHeld } from './held.ts';
import { isOurs, ownLabels } from './labels.ts';
import { isAway } from './managers.ts';
import { alreadyDone, done, failed } from './outcomes.ts';

/**
 * `POST /secrets/create` on a manager. The value is read just before the call and goes nowhere else; no engine tells it
 * again, so one of ours that is there is the one.
 */
export async function createSecret(step: StepOfKind<'create-secret'>, context: StepContext): Promise<Outcome> {
  const { secret, labels } = step.args;
  const before = await findHeld(context, 'secrets', secret);
  if (before !== undefined) return found(before, context);
  try {
    const Labels = { ...labels, ...ownLabels(context) };
    const Data = (await context.hosts.secrets.value(secret)).toString('base64');
    await context.managers.ask((engine) => createHeld(engine, 'secrets', { Name: secret, Labels, Data }));
  } catch (error) {
    const other = isRefusal(error) ? await findHeld(context, 'secrets', secret) : undefined;
    if (other !== undefined) return found(other, context);
    if (!isAway(error)) throw error;
  }
  const after = await waitFor(() => findHeld(context, 'secrets', secret), { limitMs: 10_000 });
  if (after === undefined)
    return failed('step_failed', `The secret ${secret} was asked for but is not listed.`, { next: 'Retry.' });
  return done();
}

const found = ({ Spec: { Name, Labels } }: Held, context: StepContext): Outcome =>
  isOurs(Labels, context) ? alreadyDone() : notOurs('secret', Name);
