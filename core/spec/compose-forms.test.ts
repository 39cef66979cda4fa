import { expect, test } from 'vitest';
import { parseSpec } from './parse.ts';

/* Forms that Compose files of real projects have. */

const withServices = (services: Record<string, unknown>) =>
  parseSpec({ cluster: 'demo', nodes: { h1: { role: 'manager' } }, services });
const withService = (service: Record<string, unknown>) => withServices({ web: { image: 'nginx', ...service } });
const wrong = (parsed: ReturnType<typeof parseSpec>): string[] =>
  parsed.ok ? [] : parsed.issues.map(({ pointer, message }) => `${pointer} ${message}`);

test('a service may have labels and a command in any form that Compose takes', () => {
  const labels = ['traefik.enable=true', 'rule=Host(`a=b`)', 'flag'];
  const parsed = withService({ command: 'sh -c "echo a; echo b"', labels, deploy: { labels } });
  const read = { 'traefik.enable': 'true', rule: 'Host(`a=b`)', flag: '' };
  expect(parsed.ok && parsed.spec.services['web']).toMatchObject({
    command: ['sh', '-c', 'echo a; echo b'],
    labels: read,
    deploy: { labels: read },
  });
  expect(wrong(withService({ command: 'echo "a' }))).toEqual(['/services/web/command has a quote that is not closed']);
});

test('a service may leave a key empty, as `docker compose config` does', () => {
  const parsed = withService({ command: null, entrypoint: null, environment: null, ports: null });
  expect(parsed).toEqual(withService({}));
});

test('of a service that is built here, the image that it lacks for that reason is not told as well', () => {
  const built = withServices({ web: { build: '.' }, api: {} });
  expect(wrong(built)).toEqual([
    '/services/web/build `build` is not accepted: No host has its sources. Build it, push it to a registry, and name it in `image`.',
    '/services/api/image is missing',
  ]);
});
