import { expect, test } from 'vitest';
import { type Environment, SettingsReader } from '#core/settings.ts';
import { workerConfigOf } from './config.ts';
import type { SshConfig } from './ssh/keys.ts';

function sshConfigOf(env: Environment): SshConfig {
  const settings = new SettingsReader(env, () => '');
  const { ssh } = workerConfigOf(settings);
  settings.check();
  return ssh;
}

const keysOf = (env: Record<string, string>) => Object.fromEntries(sshConfigOf(env).keys);
const usual = ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => ({ kind: 'file', path: `/home/me/.ssh/${name}` }));

test('the default key is the agent, and then the usual files', () => {
  expect(keysOf({ HOME: '/home/me' })).toEqual({ default: usual });
  expect(keysOf({ HOME: '/home/me', SSH_AUTH_SOCK: '/agent' })).toEqual({
    default: [{ kind: 'agent', socket: '/agent' }, ...usual],
  });
});

test('keys are named with where they come from', () => {
  const env = { SSH_AUTH_SOCK: '/agent', FLOTILLA_SSH_KEYS: 'default=agent, lab=/keys/lab ,far=agent:/other' };
  expect(keysOf(env)).toEqual({
    default: [{ kind: 'agent', socket: '/agent' }],
    lab: [{ kind: 'file', path: '/keys/lab' }],
    far: [{ kind: 'agent', socket: '/other' }],
  });
});

test('a folder of keys and files with sudo passwords', () => {
  const config = sshConfigOf({
    FLOTILLA_SSH_KEYS_FOLDER: '/keys',
    FLOTILLA_SUDO_PASSWORD_FILES: 'h1=/secret/h1,default=/secret/all',
  });
  expect(config.keysFolder).toBe('/keys');
  expect(Object.fromEntries(config.sudoPasswordFiles)).toEqual({ h1: '/secret/h1', default: '/secret/all' });
});

test('entries that say nothing are refused, all at once', () => {
  const env = { FLOTILLA_SSH_KEYS: 'lab,=x,far=agent', FLOTILLA_SUDO_PASSWORD_FILES: 'h1=' };
  const issues = [
    'the entry "lab" is not name=value',
    'the entry "=x" is not name=value',
    expect.stringContaining('is to come from an agent, and there is none'),
    'the entry "h1=" is not name=value',
  ].map((message) => expect.objectContaining({ message }));
  expect(() => sshConfigOf(env)).toThrow(expect.objectContaining({ issues }));
});

const secretsOf = (env: Environment) => {
  const settings = new SettingsReader({ HOME: '/home/me', ...env }, () => '');
  const { secrets } = workerConfigOf(settings);
  settings.check();
  return secrets;
};

test('secrets for services are in a folder, or named with their files, for all clusters or for one', () => {
  const env = { FLOTILLA_SECRETS_FOLDER: '/secrets', FLOTILLA_SECRETS: 'key=/k/key,demo/key=/k/demo' };
  const { files, folder } = secretsOf(env);
  expect([Object.fromEntries(files), folder]).toEqual([{ key: '/k/key', 'demo/key': '/k/demo' }, '/secrets']);
  expect(secretsOf({})).toEqual({ files: new Map(), folder: null });
});

test('a name that no spec can have is refused', () => {
  const issues = ['../key', 'a/b/c', '.key'].map((name) => ({
    pointer: '/FLOTILLA_SECRETS',
    message: `"${name}" is not the name of a secret, or cluster/name`,
  }));
  const env = { FLOTILLA_SECRETS: '../key=/k/a,a/b/c=/k/b,.key=/k/c,key=/k/d' };
  expect(() => secretsOf(env)).toThrow(expect.objectContaining({ issues }));
});

test.each([
  ['its SSH keys', { FLOTILLA_SSH_KEYS: 'lab=/run/secrets/ssh_key' }, '/run/secrets/ssh_key'],
  ['the usual SSH keys', { FLOTILLA_SECRETS_FOLDER: '/home/me/.ssh/' }, '/home/me/.ssh/id_ed25519'],
  ['its folder of SSH keys', { FLOTILLA_SSH_KEYS_FOLDER: '/run/secrets/ssh' }, '/run/secrets/ssh/default'],
  ['sudo passwords', { FLOTILLA_SUDO_PASSWORD_FILES: 'default=/run/secrets/sudo' }, '/run/secrets/sudo'],
  ['its logins', { FLOTILLA_REGISTRY_LOGINS: '/run/secrets/a/../logins' }, '/run/secrets/a/../logins'],
])('a folder that holds %s as well is refused: who deploys a service could read them', (_, env, path) => {
  const message = `${path} of the worker itself is in there; give secrets for services a folder of their own`;
  expect(() => secretsOf({ FLOTILLA_SECRETS_FOLDER: '/run/secrets', ...env })).toThrow(
    expect.objectContaining({ issues: [{ pointer: '/FLOTILLA_SECRETS_FOLDER', message }] }),
  );
});
