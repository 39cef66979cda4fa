import { operationLabel } from '#core/spec/names.ts';
import type { ContainerFacts } from '#core/observation.ts';
import type { Outcome, StepOfKind } from '#core/step.ts';
import { placesOf, strangerIn } from './container-places.ts';
import type { StepContext } from './context.ts';
import { failed } from './outcomes.ts';
import { putBack, triedBefore } from './put-back.ts';
import { settle, type Swap, takePlace } from './take-place.ts';

/**
 * Makes the new container before the old one is stopped, and keeps the old one until the new one runs. The operation's
 * label tells the new from the old, so that a run that was cut off anywhere is gone on with.
 */
export async function replaceContainer(step: StepOfKind<'replace-container'>, context: StepContext): Promise<Outcome> {
  const { container: name, id, spec, taken, aside } = step.args;
  const engine = context.hosts.engine(step.host ?? '');
  const places = await placesOf(engine, name);
  const stranger = strangerIn(places, context, taken === true ? id : undefined, aside);
  if (stranger !== undefined) return stranger;
  const { now, ...asides } = places;
  const isNew = (container: ContainerFacts): boolean => container.labels[operationLabel] === context.operation;
  const swap: Swap = { context, engine, name, spec };
  if (now !== undefined && isNew(now)) return settle(swap, now, asides);
  if (now !== undefined && now.id !== id) {
    return failed('conflict', `The container ${name} was made anew by somebody else since the plan.`, {
      next: 'Plan and apply again.',
    });
  }
  if (asides.failed !== undefined && isNew(asides.failed))
    return putBack(swap, asides.failed.id, await triedBefore(swap, asides.failed.id));
  return takePlace(swap, places);
}
