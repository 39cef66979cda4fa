import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { must } from '#lab/run.ts';
import { runCli } from '#test/cli/run-cli.ts';
import { composeOf } from '../../infra/package/run-compose.ts';
import { stage } from '../../infra/package/stage.ts';

const root = join(import.meta.dirname, '../..');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flotilla-package-'));
  stage(join(folder, 'image'));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

const compose = composeOf(join(root, 'docker-compose.yml'), {});

test('what goes into the image runs by itself, with the Node and the database that lie in it', async () => {
  const program = join(folder, 'image/bin/flotilla');
  const env = { PATH: '/usr/bin:/bin', HOME: '/nonexistent', FLOTILLA_DATA: join(folder, 'data') };
  expect(await must([program, '--version'], { env })).toMatch(/^\d+\.\d+\.\d+\n$/);
  await expect(must([program, 'health'], { env })).rejects.toThrow('Nothing runs on');
  await expect(must([program, 'backup', '--out', join(folder, 'none')], { env })).rejects.toThrow(
    'There is no database',
  );
});

test('the Compose file starts commands that there are, with settings that there are, on loopback alone', async () => {
  const settings = readFileSync(join(root, '.env.example'), 'utf8');
  for (const name of ['api', 'worker']) {
    const service = compose.services[name];
    expect((await runCli([service?.command[0] ?? '', '--help'])).code).toBe(0);
    for (const variable of Object.keys(service?.environment ?? {})) expect(settings).toContain(variable);
    for (const port of service?.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
  }
  expect(compose.services['redis']?.command.join(' ')).toContain('--maxmemory-policy noeviction');
});

test('the image runs as a user without rights, and says whether it is well', () => {
  const dockerfile = readFileSync(join(root, 'infra/Dockerfile'), 'utf8');
  expect(dockerfile).toMatch(/^ARG BASE=/m);
  expect(dockerfile).toMatch(/^USER 10001:10001$/m);
  expect(dockerfile).toMatch(/^HEALTHCHECK .*CMD \["flotilla", "health"\]$/m);
});
