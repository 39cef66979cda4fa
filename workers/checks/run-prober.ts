import { containerLogs } from '../docker/containers.ts';
import type { EngineClient } from '../docker/engine.ts';
import { runExec } from '../docker/exec.ts';
import { runDetached } from '../docker/run-detached.ts';
import { tellingCommand, toldIn } from '../probe/telling.ts';
import { waitFor } from '../wait-for.ts';

/** A log is written a moment after the program has ended. */
const logLimitMs = 2000;
const logBytesMax = 32 * 1024 * 1024;

/**
 * How an engine is to keep a prober's log, whatever it does by default: where we can read it, and whole. The buffer is
 * larger than any log of a prober, so nothing of it is dropped; said since its default may be small.
 */
export const proberLog = {
  Type: 'json-file',
  Config: { 'max-size': '64m', 'max-file': '1', compress: 'false', mode: 'non-blocking', 'max-buffer-size': '32m' },
} as const;

/**
 * Runs the prober in its container to its end, and gives what it wrote. It is told by way of the container's log, which
 * takes no stream of its own on the host's connection as an attached exec does, since the engine closes that one.
 * Where the log does not have it whole it is asked again, attached.
 * @throws AppError
 */
export async function runProber(
  engine: EngineClient,
  container: string,
  argv: readonly string[],
  timeoutMs: number,
): Promise<string> {
  const token = crypto.randomUUID().slice(0, 8);
  const code = await runDetached(engine, container, { Cmd: tellingCommand(token, argv) }, timeoutMs);
  const look = async (): Promise<string | undefined> => {
    const { stdout } = await containerLogs(engine, container, { maxBytes: logBytesMax });
    const { text, isWhole } = toldIn(stdout, token);
    return isWhole ? text : undefined;
  };
  const text = code === 0 ? await waitFor(look, { limitMs: logLimitMs, firstMs: 30 }) : await look();
  return text ?? (await runExec(engine, container, { Cmd: argv }, { timeoutMs })).stdout;
}
