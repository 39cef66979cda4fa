import { AppError } from '#core/errors.ts';
import type { Host } from '#core/host.ts';

/** The connection went away under whoever used it. A read may be asked again; a change must be looked at first. */
export class ConnectionLost extends AppError {
  readonly connectionLost = true;

  constructor(host: string, cause?: unknown) {
    const why = cause instanceof Error ? ` (${cause.message})` : '';
    super('host_unreachable', `The SSH connection to ${host} was lost${why}.`, {
      host,
      done: 'What was under way on the host may or may not have been done.',
      next: 'Check that the host is up and can be reached, then run it again.',
      cause,
    });
  }
}

const nothingDone = 'Nothing was done on the host.';

/** No TCP connection, or one that is not SSH. */
export function unreachable(host: Host, why: string, cause?: unknown): AppError {
  const through = host.via === null ? '' : ` through ${host.via}`;
  return new AppError(
    'host_unreachable',
    `${host.name} (${host.address}:${host.port}${through}) cannot be reached: ${why}.`,
    {
      host: host.name,
      done: nothingDone,
      next: `Check address and port, that sshd runs there, and the firewalls in between.${moved(host)}`,
      cause,
    },
  );
}

/** A host that was reached before may have moved. */
const moved = ({ name, hostKeys }: Host): string =>
  hostKeys.length === 0
    ? ''
    : ` If it has another address or port now: \`flotilla host set ${name} --address … --port …\`.`;

/** What a handshake's error means. */
export function handshakeFault(host: Host, error: unknown): AppError {
  if (error instanceof AppError) return error;
  const level = error instanceof Error && 'level' in error ? error.level : undefined;
  const tooMany = error instanceof Error && /too many authentication failures/i.test(error.message);
  if (level === 'client-authentication' || tooMany) {
    const message = `${host.name} refused the login of ${host.user} with the key "${host.key}".`;
    return new AppError('ssh_auth_failed', message, {
      host: host.name,
      done: nothingDone,
      next: tooMany
        ? 'Its agent offered more keys than sshd tries: name the one to use by a file.'
        : `Add the public key to ~${host.user}/.ssh/authorized_keys there, or correct user and key of the host.`,
      cause: error,
    });
  }
  return unreachable(host, wordsFor(error), error);
}

/** sshd resets connections beyond MaxStartups before it says a word; another try finds a place. */
export const isTurnedAway = (error: unknown): boolean =>
  error instanceof Error &&
  /before handshake|ECONNRESET|Exceeded MaxStartups/i.test(`${error.message} ${codeOf(error)}`);

const codeOf = (error: Error): string => ('code' in error ? String(error.code) : '');

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there (connection refused)',
  ECONNRESET: 'it closed the connection',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to its network',
  ENOTFOUND: 'its name does not resolve',
  EAI_AGAIN: 'its name does not resolve (the resolver does not answer)',
  ETIMEDOUT: 'it does not answer',
};

function wordsFor(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (/timed out while waiting for handshake/i.test(error.message))
    return 'it accepted the connection and did not finish the handshake in time';
  if (/no matching/i.test(error.message)) return `no common SSH algorithm (${error.message})`;
  return words[codeOf(error)] ?? error.message;
}
