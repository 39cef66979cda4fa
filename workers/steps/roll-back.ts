import { valueAt } from '#core/map.ts';
import { operationLabel } from '#core/spec/names.ts';
import type { EngineJson, Outcome } from '#core/step.ts';
import { reasonOf } from '#core/log.ts';
import { waitFor } from '../wait-for.ts';
import type { StepContext } from './context.ts';
import { rollBackLimitMs } from './converge-limit.ts';
import { isWhole, newestTasks, standingOf } from './service-tasks.ts';
import { isOutOfSequence, isRefusal } from '../docker/refusal.ts';
import { inspectService, rollBackService, updateService } from '../docker/services.ts';
import { withStop } from '#core/sentence.ts';

type Swarm = Pick<StepContext, 'operation' | 'expected' | 'managers'>;
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
export async function rollBack(context: Swarm, { name, id, spec }: Updated, why: Failed): Promise<Failed> {
  const told = (done: string): Failed => ({ ...why, error: { ...why.error, done } });
  try {
    const before = await goBack(context, { id, spec });
    const limitMs = rollBackLimitMs(spec, context.expected.length);
    const isBack = await waitFor(() => runsAgain(context, id, before), { limitMs });
    return told(
      isBack === true
        ? `The service ${name} was rolled back and runs as before.`
        : `The service ${name} was rolled back, and not all of its tasks run yet.`,
    );
  } catch (error) {
    const reason = reasonOf(error);
    return told(`The service ${name} was updated, and could not be rolled back: ${withStop(reason)}`);
  }
}

const attemptsMax = 3;

/**
 * Asks the swarm to go back; gives the spec that it goes back to. Where the swarm does so by itself it is given the time
 * to: asked in the very moment, it would go back twice, which is forward again.
 */
async function goBack(context: Swarm, { id, spec }: Omit<Updated, 'name'>, attempt = 1): Promise<EngineJson | null> {
  if (attempt === 1 && goesByItself(spec)) await waitFor(() => stoppedState(context, id), { limitMs: ownWayLimitMs });
  try {
    return await context.managers.ask(async (engine) => {
      const { Version, UpdateStatus, PreviousSpec } = await inspectService(engine, id);
      if (!goingBack.has(UpdateStatus?.State ?? '')) await rollBackService(engine, id, Version.Index);
      return PreviousSpec ?? null;
    });
  } catch (error) {
    const isRace = isOutOfSequence(error) || (isRefusal(error) && error.engineMessage.includes('previous spec'));
    if (!isRace || attempt === attemptsMax) throw error;
    return goBack(context, { id, spec }, attempt + 1);
  }
}

/** The swarm goes back in the moment in which a task fails; longer than this means that it bears with the failure. */
const ownWayLimitMs = 5000;
const goingBack: ReadonlySet<string> = new Set(['rollback_started', 'rollback_paused', 'rollback_completed']);

const goesByItself = (spec: EngineJson): boolean => valueAt(spec, ['UpdateConfig', 'FailureAction']) === 'rollback';

async function stoppedState(context: Swarm, id: string): Promise<true | undefined> {
  const { UpdateStatus } = await context.managers.ask((engine) => inspectService(engine, id));
  return (UpdateStatus?.State ?? 'updating') === 'updating' ? undefined : true;
}

/** False when the swarm has stopped on its way back. One that went back twice is sent what was there before. */
async function runsAgain(context: Swarm, id: string, before: EngineJson | null): Promise<boolean | undefined> {
  const service = await context.managers.ask((engine) => inspectService(engine, id));
  const state = service.UpdateStatus?.State;
  if (state === 'rollback_paused') return false;
  if (state === 'rollback_completed' && service.Spec.Labels[operationLabel] === context.operation) {
    if (before === null) return false;
    await context.managers.ask((engine) => updateService(engine, id, service.Version.Index, before));
    return undefined;
  }
  const tasks = await newestTasks(context.managers, id);
  const isOver = state === 'rollback_completed' || state === 'completed';
  return isOver && isWhole(standingOf(service, tasks)) ? true : undefined;
}
