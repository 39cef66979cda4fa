import { AppError } from '#core/errors.ts';

/** What the access script found out about a user and the Docker socket of a host. */
export interface DockerAccess {
  socket: 'open' | 'forbidden' | 'missing';
  listener: 'yes' | 'no' | 'unknown';
  /** Path of the Docker CLI. */
  docker: string | null;
  dockerdInstalled: boolean;
  sudo: 'free' | 'password' | 'none';
}

/** How HTTP reaches the socket. What works is remembered for the host. */
export type Way =
  | { kind: 'stream-local' }
  | { kind: 'dial-stdio'; docker: string }
  | { kind: 'sudo'; docker: string }
  | { kind: 'sudo-password'; docker: string; password: string };

/** Reads the script's `name=value` lines; null when it did not say what it should have. */
export function parseDockerAccess(output: string): DockerAccess | null {
  const said = new Map(
    output.split('\n').flatMap((line) => {
      const at = line.indexOf('=');
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1).trim()] as const];
    }),
  );
  const socket = said.get('socket');
  if (socket !== 'open' && socket !== 'forbidden' && socket !== 'missing') return null;
  const listener = said.get('listener');
  const sudo = said.get('sudo');
  return {
    socket,
    listener: listener === 'yes' || listener === 'no' ? listener : 'unknown',
    docker: said.get('docker') || null,
    dockerdInstalled: said.get('dockerd') === 'yes',
    sudo: sudo === 'free' || sudo === 'password' ? sudo : 'none',
  };
}

/**
 * The way to take when sshd did not open a stream to the socket; sshd itself does not say why it did not.
 * Throws engine_missing, engine_unreachable or engine_forbidden with what to do.
 */
export function chooseWay(at: { host: string; user: string }, access: DockerAccess, sudoPassword: string | null): Way {
  const { host } = at;
  const done = 'Nothing was changed on the host.';
  if (access.socket === 'missing' && !access.dockerdInstalled) {
    throw new AppError('engine_missing', `${host} has no Docker Engine.`, {
      host,
      done,
      next: 'Install Docker on the host.',
    });
  }
  if (access.socket === 'missing' || access.listener === 'no') {
    throw new AppError(
      'engine_unreachable',
      `The Docker Engine on ${host} does not run: nothing listens on its socket.`,
      {
        host,
        done,
        next: 'Start it (systemctl start docker) and look at its log (journalctl -u docker).',
      },
    );
  }
  if (access.docker === null) throw noCli(at, access);
  if (access.socket === 'open') return { kind: 'dial-stdio', docker: access.docker };
  if (access.sudo === 'free') return { kind: 'sudo', docker: access.docker };
  if (access.sudo === 'password' && sudoPassword !== null) {
    return { kind: 'sudo-password', docker: access.docker, password: sudoPassword };
  }
  throw forbidden(at, access.sudo);
}

/** The user may not use the socket, and no way around was found. */
export function forbidden(
  { host, user }: { host: string; user: string },
  sudo: DockerAccess['sudo'],
  said = '',
): AppError {
  const without = sudo === 'none' ? 'there is no sudo' : 'sudo wants a password';
  const why = said === '' ? without : said;
  return new AppError(
    'engine_forbidden',
    `The user ${user} on ${host} has no right to use the Docker socket, and ${why}.`,
    {
      host,
      done: 'Nothing was changed on the host.',
      next:
        `Add the user to the docker group (usermod -aG docker ${user}) and connect again, allow ` +
        '`sudo -n docker system dial-stdio`, or give the worker a sudo password file for the host.',
    },
  );
}

function noCli({ host, user }: { host: string; user: string }, access: DockerAccess): AppError {
  if (access.socket === 'forbidden')
    return forbidden({ host, user }, access.sudo, 'there is no docker command to run with sudo');
  return new AppError(
    'engine_forbidden',
    `sshd on ${host} forwards no stream to the Docker socket, and there is no docker command.`,
    {
      host,
      done: 'Nothing was changed on the host.',
      next: 'Set AllowStreamLocalForwarding yes in sshd_config on the host, or install the Docker CLI there.',
    },
  );
}
