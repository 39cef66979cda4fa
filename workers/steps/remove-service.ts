import type { Outcome, StepOfKind } from '#core/step.ts';
import { waitFor } from '../wait-for.ts';
import type { StepContext } from './context.ts';
import { findService } from './create-service.ts';
import { isOurs, notOurs } from './labels.ts';
import { isAway } from './managers.ts';
import { alreadyDone, done, failed } from './outcomes.ts';
import { isRefusal } from '../docker/refusal.ts';
import { deleteService } from '../docker/services.ts';
import { listTasks } from '../docker/tasks.ts';

const ended = new Set(['complete', 'shutdown', 'failed', 'rejected', 'remove', 'orphaned']);

/** `DELETE /services/{id}`, then waits until its tasks have ended, so that its networks and ports are free. */
export async function removeService(step: StepOfKind<'remove-service'>, context: StepContext): Promise<Outcome> {
  const { service, id, taken } = step.args;
  const before = await findService(context, service);
  if (before === undefined || before.id !== id) return alreadyDone(await tasksLeft(context, id));
  if (!isOurs(before.labels, context) && taken !== true) return notOurs('service', service);
  const gone = await waitFor(() => tryRemove(context, service, id), { limitMs: 10_000 });
  if (gone === undefined) return failed('step_failed', `The service ${service} is still listed.`, { next: 'Retry.' });
  return done(await tasksLeft(context, id));
}

async function tryRemove(context: StepContext, service: string, id: string): Promise<true | undefined> {
  if ((await findService(context, service))?.id !== id) return true;
  try {
    await context.managers.ask((engine) => deleteService(engine, id));
  } catch (error) {
    if (!isAway(error) && !isRefusal(error, 404)) throw error;
  }
  return undefined;
}

/** Undefined once all tasks have ended; when they take too long, what to say of it. */
async function tasksLeft(context: StepContext, service: string): Promise<string | undefined> {
  const stopped = await waitFor(() => allTasksEnded(context, service), { limitMs: 30_000, longestMs: 1000 });
  return stopped === undefined ? 'its tasks are still stopping' : undefined;
}

/** Engines refuse the filter `service` once the service is gone, so all tasks are looked through. */
async function allTasksEnded(context: StepContext, service: string): Promise<true | undefined> {
  const tasks = await context.managers.ask((engine) => listTasks(engine));
  const own = tasks.filter((task) => task.ServiceID === service);
  return own.every((task) => ended.has(task.Status.State)) ? true : undefined;
}
