import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { AppError } from '#core/errors.ts';

/** A way to an engine's socket. */
export interface Transport {
  /** Name of the host, for errors. */
  readonly host: string;
  /** How many HTTP connections may be open at once. Finds the way to the socket first where that is not known. */
  connections: () => Promise<number>;
  /** Whether streams reach the socket as they are, and not through a command that is run for each. */
  forwards: () => Promise<boolean>;
  /** One more connection to the socket. Throws AppError: host_*, ssh_*, engine_missing, engine_forbidden, engine_unreachable. */
  dial: () => Promise<Duplex>;
  /** Whether the host itself still answers: tells a silent engine from a host that was cut off. */
  hostAnswers: () => Promise<boolean>;
}

/** The engine's socket on this machine (or of a lab host, seen from outside). */
export function localTransport(socketPath: string, host: string): Transport {
  return {
    host,
    connections: () => Promise.resolve(32),
    forwards: () => Promise.resolve(true),
    dial: () => dialLocal(socketPath, host),
    hostAnswers: () => Promise.resolve(true),
  };
}

function dialLocal(socketPath: string, host: string): Promise<Duplex> {
  const { promise, resolve, reject } = Promise.withResolvers<Duplex>();
  const socket = connect(socketPath);
  const failed = (error: NodeJS.ErrnoException): void => reject(localRefusal(socketPath, host, error));
  socket.once('error', failed);
  socket.once('connect', () => {
    socket.off('error', failed);
    resolve(socket);
  });
  return promise;
}

function localRefusal(socketPath: string, host: string, cause: NodeJS.ErrnoException): AppError {
  const at = `The Docker socket ${socketPath} of ${host}`;
  const rest = { host, done: 'Nothing was asked of the engine.', cause };
  if (cause.code === 'ENOENT')
    return new AppError('engine_missing', `${at} does not exist.`, { ...rest, next: 'Start the engine.' });
  if (cause.code === 'EACCES' || cause.code === 'EPERM') {
    return new AppError('engine_forbidden', `${at} is not open to this user.`, {
      ...rest,
      next: 'Add the user to the docker group.',
    });
  }
  return new AppError('engine_unreachable', `${at} does not accept connections (${cause.code ?? cause.message}).`, {
    ...rest,
    next: 'Look at the engine (systemctl status docker) and start it.',
  });
}
