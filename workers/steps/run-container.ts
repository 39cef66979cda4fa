import type { Outcome, StepOfKind } from '#core/step.ts';
import { placesOf, strangerIn } from './container-places.ts';
import type { StepContext } from './context.ts';
import { completeContainer, makeContainer } from './make-container.ts';
import { settle, type Swap, takePlace } from './take-place.ts';

/**
 * Pull when missing, create, connect, start; a container of ours that is stopped is started. Where a replacement was
 * cut off and its operation has ended, it takes the place of the old one that stands aside.
 */
export async function runContainer(step: StepOfKind<'run-container'>, context: StepContext): Promise<Outcome> {
  const { container: name, spec, taken } = step.args;
  const engine = context.hosts.engine(step.host ?? '');
  const places = await placesOf(engine, name);
  const stranger = strangerIn(places, context, taken);
  if (stranger !== undefined) return stranger;
  const swap: Swap = { context, engine, name, spec };
  const { now, ...aside } = places;
  if (now === undefined && aside.old !== undefined) return takePlace(swap, places);
  if (now === undefined) return settle(swap, { id: await makeContainer(swap), state: 'created' }, aside);
  if (now.state !== 'running') await completeContainer(swap, now);
  return settle(swap, now, aside);
}
