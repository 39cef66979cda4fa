import { AppError } from '#core/errors.ts';
import { traced } from '../telemetry.ts';
import { orAborted } from './abort.ts';
import { commandLine } from './command.ts';
import { ChannelRefused, type SshConnection } from './connection.ts';

export interface RunOptions {
  /** Sent to the command, and then the end of its input. */
  stdin?: string | Buffer | undefined;
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Each of stdout and stderr is kept up to this; 4 MiB. */
  maxBytes?: number | undefined;
  /** Told of stdout while it comes. */
  onStdout?: ((chunk: Buffer) => void) | undefined;
}

export interface RunResult {
  /** Null when a signal ended it. */
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
  /** Whether output beyond `maxBytes` was dropped. */
  truncated: boolean;
}

/**
 * Runs a command on the host to its end; any exit code is an answer. The arguments reach it as they are.
 * Throws AppError: timeout, cancelled, host_unreachable (ConnectionLost). A command that is given up reads the end of
 * its input and writes to nobody; SSH has no way to end one of root's, so commands that may hang bring their own limit.
 */
export async function run(
  connection: SshConnection,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const timeoutMs = options.timeoutMs ?? 30_000;
  const limit = AbortSignal.timeout(timeoutMs);
  const signal = options.signal === undefined ? limit : AbortSignal.any([limit, options.signal]);
  // The program alone: arguments may name what belongs to the host's owner.
  const attributes = { 'flotilla.host': connection.host, 'process.executable.name': argv[0] };
  try {
    return await traced(
      { name: 'ssh exec', kind: 'client', attributes },
      () => runUntil(connection, argv, options, signal),
      ({ code }) => ({ 'process.exit.code': code }),
    );
  } catch (error) {
    if (error instanceof ChannelRefused) throw noSession(connection.host, error);
    if (!signal.aborted || error instanceof AppError) throw error;
    throw givenUp(connection.host, argv, limit.aborted ? timeoutMs : null);
  }
}

async function runUntil(
  connection: SshConnection,
  argv: readonly string[],
  options: RunOptions,
  signal: AbortSignal,
): Promise<RunResult> {
  const session = await connection.openSession(commandLine(argv), { signal });
  const kept = options.maxBytes ?? 4 * 1024 * 1024;
  const stdout = new Capped(kept);
  const stderr = new Capped(kept);
  session.stream.on('data', (chunk: Buffer) => {
    options.onStdout?.(chunk);
    stdout.add(chunk);
  });
  session.stderr.on('data', (chunk: Buffer) => stderr.add(chunk));
  session.stream.end(options.stdin ?? '');
  try {
    const exit = await orAborted(session.exited, signal);
    if (session.stream.errored !== null) throw session.stream.errored;
    return { ...exit, stdout: stdout.text(), stderr: stderr.text(), truncated: stdout.truncated || stderr.truncated };
  } catch (error) {
    session.stream.destroy();
    throw error;
  }
}

class Capped {
  readonly #bytesMax: number;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  truncated = false;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  add(chunk: Buffer): void {
    const kept = chunk.subarray(0, this.#bytesMax - this.#bytes);
    if (kept.length < chunk.length) this.truncated = true;
    this.#bytes += kept.length;
    if (kept.length > 0) this.#chunks.push(kept);
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}

const noSession = (host: string, cause: ChannelRefused): AppError =>
  new AppError('host_unreachable', `${host} lets us log in and runs no commands (${cause.message}).`, {
    host,
    done: 'The command was not started.',
    next: 'Check MaxSessions and ForceCommand in its sshd_config, and the login shell of the user.',
    cause,
  });

function givenUp(host: string, argv: readonly string[], timeoutMs: number | null): AppError {
  const command = argv[0] ?? 'a command';
  const done = 'The command may have done its work, or still be at it.';
  if (timeoutMs === null) return new AppError('cancelled', `${command} on ${host} was cancelled.`, { host, done });
  return new AppError('timeout', `${command} on ${host} did not end within ${timeoutMs / 1000} s.`, {
    host,
    done,
    next: 'Look at the load of the host, then run it again.',
  });
}
