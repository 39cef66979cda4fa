import { type HeldKind, heldWords } from '#core/spec/held.ts';
import type { Outcome } from '#core/step.ts';
import { createHeld, type Held } from '../docker/held.ts';
import { isRefusal } from '../docker/refusal.ts';
import { waitFor } from '../wait-for.ts';
import type { StepContext } from './context.ts';
import { findHeld } from './held.ts';
import { ownLabels } from './labels.ts';
import { isAway } from './managers.ts';
import { done, failed } from './outcomes.ts';

interface Making {
  kind: HeldKind;
  name: string;
  labels: Readonly<Record<string, string>>;
  /** What is in it; asked for only when it is to be sent. */
  data: () => Promise<Buffer>;
  /** What one of that name, which is there, means for the step. */
  found: (held: Held) => Outcome;
}

/** `POST /secrets/create` or `/configs/create` on a manager, where there is none of that name; confirmed by a list. */
export async function makeHeld(context: StepContext, { kind, name, labels, data, found }: Making): Promise<Outcome> {
  const before = await findHeld(context, kind, name);
  if (before !== undefined) return found(before);
  try {
    const body = { Name: name, Labels: { ...labels, ...ownLabels(context) }, Data: (await data()).toString('base64') };
    await context.managers.ask((engine) => createHeld(engine, kind, body));
  } catch (error) {
    const other = isRefusal(error) ? await findHeld(context, kind, name) : undefined;
    if (other !== undefined) return found(other);
    if (!isAway(error)) throw error;
  }
  const after = await waitFor(() => findHeld(context, kind, name), { limitMs: 10_000 });
  if (after === undefined)
    return failed('step_failed', `The ${heldWords[kind]} ${name} was asked for but is not listed.`, { next: 'Retry.' });
  const outcome = found(after);
  return outcome.kind === 'already-done' ? done() : outcome;
}
