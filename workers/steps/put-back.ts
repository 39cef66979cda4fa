import { asideName } from '#core/engine/aside-names.ts';
import { reasonOf } from '#core/log.ts';
import type { Outcome } from '#core/step.ts';
import { inspectContainer, renameContainer } from '../docker/containers.ts';
import { withoutSwarmKeys } from '../docker/refusal.ts';
import { type ContainerName, placesOf } from './container-places.ts';
import { stopInItsTime } from './delete-container.ts';
import { failed } from './outcomes.ts';
import { startContainer } from './start-container.ts';

type Failed = Extract<Outcome, { kind: 'failed' }>;

/**
 * Puts the old container back into its place after the new one did not run, and starts it where it ran before. The new
 * one is kept, stopped, so that its log can be read. The step stays failed, with the error of the new one.
 */
export async function putBack(swap: ContainerName, newId: string, why: Outcome): Promise<Outcome> {
  if (why.kind !== 'failed') return why;
  const told = (done: string): Failed => ({ ...why, error: { ...why.error, done } });
  const kept = asideName(swap.name, 'failed');
  try {
    await setAside(swap, newId, kept);
    const became = await restore(swap, newId);
    return told(`${became} The new one is kept as ${kept}, stopped, until the next change.`);
  } catch (error) {
    return told(`The old container ${swap.name} could not be put back: ${reasonOf(error)}.`);
  }
}

async function setAside({ engine, name }: ContainerName, newId: string, kept: string): Promise<void> {
  const { failed: before } = await placesOf(engine, name);
  if (before?.id === newId) return;
  await stopInItsTime(engine, newId, { otherwiseS: 0 });
  await renameContainer(engine, newId, kept);
}

/** Looks anew at what is where: it may come here from any point, and after a run that was cut off. */
async function restore({ engine, name }: ContainerName, newId: string): Promise<string> {
  const places = await placesOf(engine, name);
  const old = places.now ?? places.old;
  if (old === undefined) return `The old container ${name} is gone.`;
  if (places.now === undefined) await renameContainer(engine, old.id, name);
  const [before, after] = [await inspectContainer(engine, old.id), await inspectContainer(engine, newId)];
  // One that had ended by itself before the new one was made is left as it was.
  if (Date.parse(before.State.FinishedAt) < Date.parse(after.Created)) return `The old container ${name} is back.`;
  await startContainer(engine, old.id);
  return `The old container ${name} runs again.`;
}

/** What is known of a try of this same operation whose end was not reported. */
export async function triedBefore({ engine, name }: ContainerName, id: string): Promise<Outcome> {
  const { State } = await inspectContainer(engine, id);
  const reason = withoutSwarmKeys(State.Error);
  const end = reason === '' ? `: it ended with exit code ${State.ExitCode}, or was unhealthy` : `: ${reason}`;
  return failed('step_failed', `The new container ${name} did not run${end}.`, {
    next: 'Mend the cause or the spec, then apply again.',
  });
}
