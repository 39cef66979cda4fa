import { expect, test } from 'vitest';
import { chooseWay, type DockerAccess, parseDockerAccess } from './access.ts';

const at = { host: 'h1', user: 'me' };
const open: DockerAccess = {
  socket: 'open',
  listener: 'yes',
  docker: '/usr/bin/docker',
  dockerdInstalled: true,
  sudo: 'none',
};
const way = (fields: Partial<DockerAccess>, password: string | null = null): string => {
  try {
    return chooseWay(at, { ...open, ...fields }, password).kind;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'bug';
  }
};

test('what the script printed is read', () => {
  const output = 'socket=forbidden\nlistener=yes\ndocker=/snap/bin/docker\ndockerd=yes\nsudo=password\n';
  expect(parseDockerAccess(output)).toEqual({
    socket: 'forbidden',
    listener: 'yes',
    docker: '/snap/bin/docker',
    dockerdInstalled: true,
    sudo: 'password',
  });
  expect(parseDockerAccess('socket=missing\n')).toMatchObject({ listener: 'unknown', docker: null, sudo: 'none' });
  expect(parseDockerAccess('This account is not available.\n')).toBeNull();
});

test.each<[string, Partial<DockerAccess>, string | null, string]>([
  ['the socket is open and sshd forwards nothing', {}, null, 'dial-stdio'],
  ['nobody can tell whether the engine listens', { listener: 'unknown' }, null, 'dial-stdio'],
  ['the engine does not listen', { listener: 'no' }, null, 'engine_unreachable'],
  ['the socket is closed to the user, and sudo is free', { socket: 'forbidden', sudo: 'free' }, null, 'sudo'],
  ['sudo wants a password that the worker has', { socket: 'forbidden', sudo: 'password' }, 'x', 'sudo-password'],
  ['sudo wants a password that it does not have', { socket: 'forbidden', sudo: 'password' }, null, 'engine_forbidden'],
  ['there is no sudo', { socket: 'forbidden' }, 'x', 'engine_forbidden'],
  ['there is no socket and no engine', { socket: 'missing', dockerdInstalled: false }, null, 'engine_missing'],
  ['there is no socket, and an engine that does not run', { socket: 'missing' }, null, 'engine_unreachable'],
  ['there is no CLI to go through', { docker: null }, null, 'engine_forbidden'],
  ['there is no CLI to run with sudo', { docker: null, socket: 'forbidden', sudo: 'free' }, null, 'engine_forbidden'],
])('when %s', (_, access, password, expected) => {
  expect(way(access, password)).toBe(expected);
});
