import { expect, test } from 'vitest';
import { type Environment, SettingsReader } from '#core/settings.ts';
import { type SshConfig, workerConfigOf } from './config.ts';

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
