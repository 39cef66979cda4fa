import { z } from 'zod';
import { AppError } from '#core/errors.ts';
import { demux, type Frame } from './demux.ts';
import type { CallOptions, EngineClient } from './engine.ts';
import { Output } from './output.ts';

/** Body of `POST /containers/{id}/exec`; without a terminal, so that stdout and stderr can be told apart. */
export interface ExecBody {
  Cmd: readonly string[];
  Env?: readonly string[];
  User?: string;
  WorkingDir?: string;
  Privileged?: boolean;
  /** Both true unless said: false for one that nobody listens to. */
  AttachStdout?: boolean;
  AttachStderr?: boolean;
}

/** Gives the id of the exec. 409: the container does not run. */
export async function createExec(
  engine: EngineClient,
  container: string,
  body: ExecBody,
  options?: CallOptions,
): Promise<string> {
  const path = `/containers/${encodeURIComponent(container)}/exec`;
  const whole = { AttachStdout: true, AttachStderr: true, Tty: false, ...body };
  // One that is never started is nothing. On a link whose MTU has just become smaller its body may end the connection.
  const request = { method: 'POST', path, body: whole, isBrief: true, mayRepeat: true } as const;
  return (await engine.json(request, z.looseObject({ Id: z.string() }), options)).Id;
}

/** How long an exec may run unless the caller says otherwise. */
const execTimeoutMs = 60_000;

/** Runs it and hands on its output while it comes, until it has ended. */
export const startExec = (
  engine: EngineClient,
  id: string,
  onFrame: (frame: Frame) => void,
  options?: CallOptions,
): Promise<void> => {
  const body = { Detach: false, Tty: false };
  const request = { method: 'POST', path: `/exec/${id}/start`, body, endsConnection: true } as const;
  const read = async (output: AsyncIterable<Buffer>): Promise<void> => {
    for await (const frame of demux(output)) onFrame(frame);
  };
  return engine.stream(request, read, { timeoutMs: execTimeoutMs, ...options });
};

const execSchema = z.looseObject({ Running: z.boolean(), ExitCode: z.number().nullish(), Pid: z.number().catch(0) });

export const inspectExec = (
  engine: EngineClient,
  id: string,
  options?: CallOptions,
): Promise<z.output<typeof execSchema>> =>
  engine.json({ method: 'GET', path: `/exec/${id}/json` }, execSchema, options);

export interface ExecResult {
  code: number;
  stdout: string;
  stderr: string;
  /** Whether output was dropped, because a stream was over `maxBytes` (4 MiB). */
  truncated: boolean;
}

/** Runs a command in a running container to its end. The engine's own "not found" and the like are exit codes 126, 127. */
export async function runExec(
  engine: EngineClient,
  container: string,
  body: ExecBody,
  options: CallOptions & { maxBytes?: number } = {},
): Promise<ExecResult> {
  const id = await createExec(engine, container, body, options);
  const output = new Output(options.maxBytes);
  await startExec(engine, id, (frame) => output.add(frame), options);
  const { Running, ExitCode } = await inspectExec(engine, id, options);
  if (!Running && typeof ExitCode === 'number') return { code: ExitCode, ...output.text() };
  // The stream can end without the command when the engine dies in between.
  throw new AppError('engine_unreachable', `The output of ${body.Cmd[0] ?? 'a command'} on ${engine.host} broke off.`, {
    host: engine.host,
    done: 'The command was started; how it ended is not known.',
    next: 'Look at the engine on the host, then run it again.',
  });
}
