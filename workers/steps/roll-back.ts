import type { Outcome } from '#core/step.ts';
import { reasonOf } from '#core/log.ts';
import { waitFor } from '../wait-for.ts';
import type { StepContext } from './context.ts';
import { isRunning, newestTasks, wantedTasks } from './service-tasks.ts';
import { inspectService, rollBackService } from '../docker/services.ts';

const rollBackLimitMs = 60_000;

type Failed = Extract<Outcome, { kind: 'failed' }>;

/**
 * Puts a service back to what it was before an update that does not run, and waits until that runs. The step stays
 * failed, with the error of the tasks; what came of going back is told with it.
 */
export async function rollBack(context: StepContext, service: { name: string; id: string }, why: Failed) {
  const told = (done: string): Failed => ({ ...why, error: { ...why.error, done } });
  try {
    await context.managers.ask(async (engine) => {
      const { Version } = await inspectService(engine, service.id);
      await rollBackService(engine, service.id, Version.Index);
    });
    const isBack = await waitFor(() => runsAgain(context, service.id), { limitMs: rollBackLimitMs });
    return told(
      isBack === true
        ? `The service ${service.name} was rolled back and runs as before.`
        : `The service ${service.name} was rolled back, and not all of its tasks run yet.`,
    );
  } catch (error) {
    const reason = reasonOf(error);
    return told(`The service ${service.name} was updated, and could not be rolled back: ${reason}.`);
  }
}

async function runsAgain(context: StepContext, id: string): Promise<true | undefined> {
  const service = await context.managers.ask((engine) => inspectService(engine, id));
  const tasks = await newestTasks(context.managers, id);
  const isOver = service.UpdateStatus?.State === 'rollback_completed';
  return isOver && tasks.filter(isRunning).length === wantedTasks(service, tasks) ? true : undefined;
}
