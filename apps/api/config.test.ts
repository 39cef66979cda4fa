import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '#core/errors.ts';
import { type Environment, SettingsReader } from '#core/settings.ts';
import { type ApiConfig, apiConfigOf } from './config.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flotilla-config-'));
  for (const name of ['cert.pem', 'key.pem']) writeFileSync(join(folder, name), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

function readApiConfig(env: Environment): ApiConfig {
  const settings = new SettingsReader(env, () => '');
  const config = apiConfigOf(settings);
  settings.check();
  return config;
}

const issuesOf = (env: Environment): string[] => {
  try {
    readApiConfig(env);
    return [];
  } catch (error) {
    return error instanceof AppError ? (error.issues ?? []).map(({ pointer }) => pointer) : ['another error'];
  }
};

describe('the settings of the API', () => {
  test('listen on loopback when nothing is said', () => {
    expect(readApiConfig({ FLOTILLA_DATA: '/data' })).toMatchObject({
      dataDir: '/data',
      listen: { host: '127.0.0.1', port: 7766 },
      redis: undefined,
    });
    expect(readApiConfig({ FLOTILLA_LISTEN: '81' }).listen).toEqual({ host: '127.0.0.1', port: 81 });
  });

  test('take an address, TLS files, a proxy and a Redis', () => {
    const tls = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
    const { listen, redis } = readApiConfig({
      FLOTILLA_LISTEN: '[::]:443',
      FLOTILLA_TLS_CERT: tls.certFile,
      FLOTILLA_TLS_KEY: tls.keyFile,
      REDIS_URL: '/run/redis.sock',
    });
    expect(listen).toEqual({ host: '::', port: 443, tls });
    expect(redis).toBe('/run/redis.sock');
    expect(readApiConfig({ FLOTILLA_TRUSTED_PROXY: 'caddy' }).listen.trustedProxy).toBe('caddy');
  });

  test('that are wrong are named, all of them', () => {
    const wrong = { FLOTILLA_LISTEN: 'here', FLOTILLA_TLS_CERT: '/c', REDIS_URL: 'http://x', FLOTILLA_AUDIT_PUSH: 'x' };
    expect(issuesOf(wrong)).toEqual([
      '/FLOTILLA_AUDIT_PUSH',
      '/FLOTILLA_TLS_KEY',
      '/FLOTILLA_TLS_CERT',
      '/FLOTILLA_LISTEN',
      '/REDIS_URL',
    ]);
    for (const listen of ['1.2.3.4', ':80', '1.2.3.4:70000', '1.2.3.4:x', '::1:80', '0.0.0.0:80'])
      expect(issuesOf({ FLOTILLA_LISTEN: listen })).toEqual(['/FLOTILLA_LISTEN']);
  });
});
