import type { Outcome, StepOfKind } from '#core/step.ts';
import type { StepContext } from './context.ts';
import { notOurs } from './create-network.ts';
import { deleteContainer } from './delete-container.ts';
import { isOurs } from './labels.ts';
import { alreadyDone, done, failed } from './outcomes.ts';
import { findContainer } from './run-container.ts';

/** `DELETE /containers/{id}?force=1` on the container's host. */
export async function removeContainer(step: StepOfKind<'remove-container'>, context: StepContext): Promise<Outcome> {
  const { container, id } = step.args;
  const engine = context.hosts.engine(step.host ?? '');
  const before = await findContainer(engine, container);
  if (before === undefined || before.id !== id) return alreadyDone();
  if (!isOurs(before.labels, context)) return notOurs('container', container);
  if (await deleteContainer(engine, id)) return done();
  return failed('step_failed', `The container ${container} is still there.`, { next: 'Retry.' });
}
