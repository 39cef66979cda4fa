import { type HeldKind, heldWords } from '#core/spec/held.ts';
import type { Outcome, StepOfKind } from '#core/step.ts';
import { deleteHeld } from '../docker/held.ts';
import { isRefusal } from '../docker/refusal.ts';
import { waitFor } from '../wait-for.ts';
import type { StepContext } from './context.ts';
import { findHeld } from './held.ts';
import { isInUse } from './in-use.ts';
import { isOurs, notOurs } from './labels.ts';
import { isAway } from './managers.ts';
import { alreadyDone, done, failed } from './outcomes.ts';

export const removeConfig = ({ args }: StepOfKind<'remove-config'>, context: StepContext): Promise<Outcome> =>
  removeHeld(context, { kind: 'configs', name: args.config, id: args.id });

export const removeSecret = ({ args }: StepOfKind<'remove-secret'>, context: StepContext): Promise<Outcome> =>
  removeHeld(context, { kind: 'secrets', name: args.secret, id: args.id });

interface Gone {
  kind: HeldKind;
  name: string;
  id: string;
}

/** `DELETE /configs/{id}`, or `/secrets/{id}`, which a swarm refuses while a service is given it. */
async function removeHeld(context: StepContext, gone: Gone): Promise<Outcome> {
  const { kind, name, id } = gone;
  const word = heldWords[kind];
  const before = await findHeld(context, kind, name);
  if (before === undefined || before.ID !== id) return alreadyDone();
  if (!isOurs(before.Spec.Labels, context)) return notOurs(word, name);
  const end = await waitFor(() => tryRemove(context, gone), { limitMs: 10_000 });
  if (end === undefined) return failed('step_failed', `The ${word} ${name} is still listed.`, { next: 'Retry.' });
  return end === 'in use' ? inUse(gone) : done();
}

async function tryRemove(context: StepContext, { kind, name, id }: Gone): Promise<'gone' | 'in use' | undefined> {
  if ((await findHeld(context, kind, name))?.ID !== id) return 'gone';
  try {
    await context.managers.ask((engine) => deleteHeld(engine, kind, id));
  } catch (error) {
    if (isInUse(error)) return 'in use';
    if (!isAway(error) && !isRefusal(error, 404)) throw error;
  }
  return undefined;
}

const inUse = ({ kind, name }: Gone): Outcome =>
  failed(
    'conflict',
    `The ${heldWords[kind]} ${name} is given to a service that was not there when the plan was made.`,
    {
      done: 'It was left as it is.',
      next: 'See `docker service ls` for which one; then plan and apply again.',
    },
  );
