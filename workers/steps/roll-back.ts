import type { EngineJson, Outcome } from '#core/step.ts';
import { reasonOf } from '#core/log.ts';
import { waitFor } from '../wait-for.ts';
import type { StepContext } from './context.ts';
import { rollBackLimitMs } from './converge-limit.ts';
import { isRunning, newestTasks, wantedTasks } from './service-tasks.ts';
import { isOutOfSequence, isRefusal } from '../docker/refusal.ts';
import { inspectService, rollBackService } from '../docker/services.ts';

type Failed = Extract<Outcome, { kind: 'failed' }>;

interface Updated {
  name: string;
  id: string;
  /** As it was sent. */
  spec: EngineJson;
}

/**
 * Puts a service back to what it was before an update that does not run, and waits until that runs; with
 * `failure_action: rollback` the swarm may have done so already. The step stays failed, with the error of the tasks; what
 * came of going back is told with it.
 */
export async function rollBack(context: StepContext, { name, id, spec }: Updated, why: Failed): Promise<Failed> {
  const told = (done: string): Failed => ({ ...why, error: { ...why.error, done } });
  try {
    await goBack(context, id);
    const limitMs = rollBackLimitMs(spec, context.expected.length);
    const isBack = await waitFor(() => runsAgain(context, id), { limitMs });
    return told(
      isBack === true
        ? `The service ${name} was rolled back and runs as before.`
        : `The service ${name} was rolled back, and not all of its tasks run yet.`,
    );
  } catch (error) {
    const reason = reasonOf(error);
    return told(`The service ${name} was updated, and could not be rolled back: ${reason}.`);
  }
}

const attemptsMax = 3;

/** The swarm may begin to go back by itself at any moment: it then has no spec before this one any more. */
async function goBack(context: StepContext, id: string, attempt = 1): Promise<void> {
  try {
    await context.managers.ask(async (engine) => {
      const { Version, UpdateStatus } = await inspectService(engine, id);
      if (!goingBack.has(UpdateStatus?.State ?? '')) await rollBackService(engine, id, Version.Index);
    });
  } catch (error) {
    const isRace = isOutOfSequence(error) || (isRefusal(error) && error.engineMessage.includes('previous spec'));
    if (!isRace || attempt === attemptsMax) throw error;
    await goBack(context, id, attempt + 1);
  }
}

const goingBack: ReadonlySet<string> = new Set(['rollback_started', 'rollback_paused', 'rollback_completed']);

/** False when the swarm has stopped on its way back. */
async function runsAgain(context: StepContext, id: string): Promise<boolean | undefined> {
  const service = await context.managers.ask((engine) => inspectService(engine, id));
  const state = service.UpdateStatus?.State;
  if (state === 'rollback_paused') return false;
  const tasks = await newestTasks(context.managers, id);
  const isOver = state === 'rollback_completed';
  return isOver && tasks.filter(isRunning).length === wantedTasks(service, tasks) ? true : undefined;
}
