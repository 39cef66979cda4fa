import type { Outcome, StepOfKind } from '#core/step.ts';
import type { EngineClient } from '../docker/engine.ts';
import { allIn, type Places, placesOf, strangerIn } from './container-places.ts';
import type { StepContext } from './context.ts';
import { deleteContainer } from './delete-container.ts';
import { alreadyDone, done, failed } from './outcomes.ts';

/** `DELETE /containers/{id}?force=1` on the container's host, and of what stands aside for it. */
export async function removeContainer(step: StepOfKind<'remove-container'>, context: StepContext): Promise<Outcome> {
  const { container, id, taken, aside } = step.args;
  const engine = context.hosts.engine(step.host ?? '');
  const places = await placesOf(engine, container);
  if (places.now !== undefined && places.now.id !== id) return alreadyDone();
  return strangerIn(places, context, taken === true ? id : undefined, aside) ?? removeAll(engine, places);
}

async function removeAll(engine: EngineClient, places: Places): Promise<Outcome> {
  const all = allIn(places);
  for (const { id, name } of all) {
    if (!(await deleteContainer(engine, id)))
      return failed('step_failed', `The container ${name} is still there.`, { next: 'Retry.' });
  }
  return all.length === 0 ? alreadyDone() : done();
}
