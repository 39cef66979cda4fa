import { deleteContainer as sendDelete, inspectContainer, stopContainer } from '../docker/containers.ts';
import type { EngineClient } from '../docker/engine.ts';
import { isRefusal, orNullOn404 } from '../docker/refusal.ts';
import { waitFor } from '../wait-for.ts';

const goneLimitMs = 20_000;

/**
 * A container with a grace of its own is stopped first, so that it has its time; then, or else at once,
 * `DELETE /containers/{id}?force=1&v=1`; true once the engine does not know it any more. An earlier call, whose answer
 * nobody waited for, may be at it still: the engine then refuses this one with 409 and goes on.
 */
export async function deleteContainer(engine: EngineClient, id: string): Promise<boolean> {
  await stopInItsTime(engine, id);
  try {
    await sendDelete(engine, id, { force: true, volumes: true });
  } catch (error) {
    if (!isRefusal(error, 404, 409)) throw error;
  }
  const look = async (): Promise<true | undefined> =>
    (await orNullOn404(inspectContainer(engine, id))) === null ? true : undefined;
  return (await waitFor(look, { limitMs: goneLimitMs })) === true;
}

/** Stops one that has a grace of its own, and others too where `otherwiseS` says how long those have. */
export async function stopInItsTime(
  engine: EngineClient,
  id: string,
  { otherwiseS = null }: { otherwiseS?: number | null } = {},
): Promise<void> {
  try {
    const { State, Config } = await inspectContainer(engine, id);
    const graceS = Config.StopTimeout ?? otherwiseS;
    if (State.Running && graceS !== null) await stopContainer(engine, id, { graceS });
  } catch (error) {
    if (!isRefusal(error, 404, 409)) throw error;
  }
}
