import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '#core/errors.ts';
import type { EngineClient } from './engine.ts';
import { createExec, type ExecBody, inspectExec } from './exec.ts';

/** Until it is asked again: a small part of what it has taken so far, so that one that takes long costs few questions. */
const pauseAfter = (tookMs: number): number => Math.min(Math.max(tookMs / 8, 60), 500);

/**
 * Runs a command in a running container to its end without listening to it: its connection stays usable, unlike that of
 * an attached one. Gives its exit code; what it has to say it must write to where it is found.
 * @throws AppError timeout: it still runs
 */
export async function runDetached(
  engine: EngineClient,
  container: string,
  body: ExecBody,
  timeoutMs: number,
): Promise<number> {
  const id = await createExec(engine, container, { ...body, AttachStdout: false, AttachStderr: false });
  const start = { Detach: true, Tty: false };
  await engine.send({ method: 'POST', path: `/exec/${id}/start`, body: start, isBrief: true });
  const started = performance.now();
  for (let tookMs = 0; tookMs < timeoutMs; tookMs = performance.now() - started) {
    await pause(pauseAfter(tookMs));
    const { Running, ExitCode } = await inspectExec(engine, id);
    if (!Running && typeof ExitCode === 'number') return ExitCode;
  }
  throw new AppError('timeout', `A program in a container of ${engine.host} did not end in ${timeoutMs / 1000} s.`, {
    host: engine.host,
    done: 'It ends with its container at the latest; what it found is not known.',
    next: 'Look at the load of the host, then run it again.',
  });
}
