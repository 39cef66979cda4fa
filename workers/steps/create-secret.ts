import type { Outcome, StepOfKind } from '#core/step.ts';
import type { StepContext } from './context.ts';
import { makeHeld } from './create-held.ts';
import { isOurs, notOurs } from './labels.ts';
import { alreadyDone } from './outcomes.ts';

/** The value is read just before the call and goes nowhere else; no engine tells it again, so one of ours that is there is the one. */
export const createSecret = (
  { args: { secret, labels } }: StepOfKind<'create-secret'>,
  context: StepContext,
): Promise<Outcome> =>
  makeHeld(context, {
    kind: 'secrets',
    name: secret,
    labels,
    data: () => context.hosts.secrets.value(secret),
    found: ({ Spec: { Name, Labels } }) => (isOurs(Labels, context) ? alreadyDone() : notOurs('secret', Name)),
  });
