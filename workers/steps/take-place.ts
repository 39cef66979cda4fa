import { asideName } from '#core/engine/aside-names.ts';
import { AppError } from '#core/errors.ts';
import type { ContainerFacts } from '#core/observation.ts';
import { operationLabel } from '#core/spec/names.ts';
import { type Outcome, type StepContainer, stepSucceeded } from '#core/step.ts';
import { renameContainer } from '../docker/containers.ts';
import type { EngineClient } from '../docker/engine.ts';
import { isRefusal } from '../docker/refusal.ts';
import { confirmRuns, staysUp, stillRuns } from './confirm-container.ts';
import { allIn, type ContainerName, type Places } from './container-places.ts';
import type { StepContext } from './context.ts';
import { deleteContainer, stopInItsTime } from './delete-container.ts';
import { completeContainer, makeContainer } from './make-container.ts';
import { failed, failedBy } from './outcomes.ts';
import { putBack } from './put-back.ts';
import { startContainer } from './start-container.ts';

/*
 * How one container takes the place of another. Each state is told from names and labels alone:
 *
 *   tool (old)                     → make `tool.flotilla-next`: the engine judges it while the old one runs
 *   tool (old), next               → stop the old one, rename it to `tool.flotilla-old`
 *   old, next                      → rename next to `tool`. Before it is started: an engine cannot rename one that is
 *                                    on an overlay, and what fails there takes its name out of the network's DNS
 *   old, tool (new)                → start, wait until it runs, remove the old one
 *   old, tool (new, does not run)  → put-back.ts: rename it to `tool.flotilla-failed`, and the old one to `tool` again
 */

export interface Swap extends ContainerName {
  context: StepContext;
  spec: StepContainer;
}

type Asides = Omit<Places, 'now'>;

/** A new container in the place of the one that is there, or stands aside since an earlier run. */
export async function takePlace(swap: Swap, places: Places): Promise<Outcome> {
  const { engine, name } = swap;
  const { now, old } = places;
  const id = await nextFor(swap, places).catch((error: unknown) => {
    throw now === undefined ? error : told(error, { done: `The old container ${name} was not touched.` });
  });
  try {
    if (now !== undefined) await putAside(swap, now);
    await renameContainer(engine, id, name);
  } catch (error) {
    return backAfter(swap, id, error);
  }
  return settle(swap, { id, state: 'created' }, { old: now ?? old });
}

/** Starts it where it does not run, and waits until it does; the one before it goes then, or else is put back. */
export async function settle(swap: Swap, made: Pick<ContainerFacts, 'id' | 'state'>, asides: Asides): Promise<Outcome> {
  const { engine, name, spec } = swap;
  const hasOld = asides.old !== undefined;
  const afterwards = hasOld ? asideName(name, 'failed') : name;
  const run = { name, id: made.id, spec, afterwards, cluster: swap.context.cluster };
  let outcome: Outcome;
  try {
    if (made.state !== 'running') await startContainer(engine, made.id);
    outcome = made.state === 'running' ? await stillRuns(engine, run) : await confirmRuns(engine, run);
    if (hasOld && stepSucceeded(outcome)) outcome = await staysUp(engine, run, outcome);
  } catch (error) {
    if (!hasOld) throw error;
    return backAfter(swap, made.id, error);
  }
  if (stepSucceeded(outcome)) return clear(engine, allIn(asides), outcome);
  return hasOld ? putBack(swap, made.id, outcome) : outcome;
}

/** The next one as this operation made it, else made now; what earlier operations left aside goes first. */
async function nextFor(swap: Swap, { now, next, old, failed: kept }: Places): Promise<string> {
  const isNew = next?.labels[operationLabel] === swap.context.operation;
  if (next !== undefined && isNew) {
    await completeContainer(swap, next);
    return next.id;
  }
  const leftovers = [next, kept, now === undefined ? undefined : old].filter((one) => one !== undefined);
  for (const { id } of leftovers) await deleteContainer(swap.engine, id);
  return makeContainer(swap, asideName(swap.name, 'next'));
}

/** One that its engine could not remove earlier is nothing to go back to. */
async function putAside({ engine, name }: Swap, { id, state }: ContainerFacts): Promise<void> {
  if (state === 'dead' || state === 'removing') {
    await deleteContainer(engine, id);
    return;
  }
  await stopInItsTime(engine, id, { otherwiseS: 0 });
  await renameContainer(engine, id, asideName(name, 'old'));
}

/** An engine that says no can be asked to go back; one that cannot be asked is left, and the step goes on from there. */
async function backAfter(swap: Swap, id: string, error: unknown): Promise<Outcome> {
  if (isRefusal(error)) return putBack(swap, id, failedBy(error));
  const { name } = swap;
  throw told(error, {
    done: `The old container ${name} is stopped and kept, as ${asideName(name, 'old')} at the latest, until a new one runs.`,
    next: 'Mend the cause shown, then apply again: it goes on from there.',
  });
}

async function clear(engine: EngineClient, left: readonly ContainerFacts[], outcome: Outcome): Promise<Outcome> {
  for (const { id, name } of left) {
    if (await deleteContainer(engine, id)) continue;
    return failed('step_failed', `The new container runs, but ${name} is still there.`, { next: 'Apply again.' });
  }
  return outcome;
}

/** The same error with what was done, which an engine's refusal of one call does not know. */
function told(error: unknown, more: { done: string; next?: string }): unknown {
  if (!(error instanceof AppError)) return error;
  const { code, message, host } = error;
  const next = more.next ?? error.next;
  return new AppError(code, message, {
    done: more.done,
    ...(host === undefined ? {} : { host }),
    ...(next === undefined ? {} : { next }),
  });
}
