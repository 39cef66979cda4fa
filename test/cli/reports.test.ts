import { afterAll, beforeAll, expect, test } from 'vitest';
import { failedReport } from '#core/testing/reports.ts';
import type { Verification } from '#core/verification.ts';
import { addHosts, demoSpec } from '#test/api/demo.ts';
import { type CliWorld, createCliWorld } from './cli-world.ts';

/** What was found, as somebody reads it at a prompt and as a pipeline takes it. */
let cli: CliWorld;
const { hosts: nodes, kind: _kind, id: _id, cluster: _cluster, operation: _operation, ...rest } = failedReport(3);
const verification: Verification = { ...rest, nodes };

beforeAll(async () => {
  cli = await createCliWorld();
  await addHosts(cli.world.admin, 'h1', 'h2', 'h3');
  const applied = await cli.run('apply', '-f', cli.file('demo.yaml', JSON.stringify(demoSpec)), '--yes');
  if (applied.code !== 0) throw new Error(applied.stderr);
});
afterAll(() => cli.close());

test('before there is one, it is said how to make one', async () => {
  expect((await cli.run('reports', 'ls')).stdout).toBe('demo has no reports yet. Make one: flotilla verify demo\n');
  const show = await cli.run('reports', 'show');
  expect(show).toMatchObject({ code: 3, stdout: '' });
  expect(show.stderr).toContain('Make one: `flotilla verify demo`.');
});

test('a verification that fails ends with its cause, and is found again by list, report and pair', async () => {
  cli.script = async (worker) => {
    await worker.tell({ type: 'verification', verification });
    await worker.end('failed', 'verification_failed');
  };
  const verified = await cli.run('verify', '--cluster', 'demo');
  expect(verified.code).toBe(8);
  expect(verified.stdout).toContain('data-port-blocked');
  const list = await cli.run('reports', 'ls');
  expect(list.stdout).toMatch(/failed +4\/6 +data-port-blocked/);
  expect((await cli.run('reports', 'show')).stdout).toContain('UDP 4789');
  expect((await cli.run('reports', 'pair', 'h1', 'h2')).stdout).toContain('failed');
  expect((await cli.run('reports', 'pair', 'h1', 'h9')).stdout).toBe('No verification of demo has tested h1 → h9.\n');
});

test('a report of the list is shown by its id, where the name of a cluster may stand too', async () => {
  const [first] = JSON.parse((await cli.run('reports', 'ls', '--output', 'json')).stdout);
  expect((await cli.run('reports', 'show', String(first.id))).stdout).toContain('UDP 4789');
  const gone = await cli.run(
    'reports',
    'show',
    `${String(first.id).slice(0, -1)}${String(first.id).endsWith('0') ? 1 : 0}`,
  );
  expect(gone.code).toBe(3);
  expect(gone.stderr).toContain('report');
});

test('the same report is a file for a pipeline, and a page that stands alone', async () => {
  const junit = await cli.run('reports', 'show', '--output', 'junit');
  expect(junit.stdout).toMatch(/^<\?xml version="1\.0".*<testsuites[^>]* failures="[1-9]/su);
  const html = (await cli.run('reports', 'show', '--output', 'html')).stdout;
  expect(html).toContain('data-port-blocked');
  expect(html).not.toMatch(/(?:src|href)="https?:/);
  expect(JSON.parse((await cli.run('reports', 'show', '--output', 'json')).stdout)).toMatchObject({
    verdict: 'failed',
  });
});

test('a cluster is verified by itself as often as somebody says, until somebody says no more', async () => {
  expect((await cli.run('verify', 'schedule', 'demo')).stdout).toBe('demo: verified only when somebody asks\n');
  expect((await cli.run('verify', 'schedule', 'demo', '--every', '15m')).code).toBe(0);
  expect((await cli.run('verify', 'schedule', 'demo')).stdout).toContain('15');
  expect((await cli.run('verify', 'schedule', 'demo', '--every', 'often')).stderr).toContain('such as 15m');
  expect((await cli.run('verify', 'schedule', 'demo', '--off')).code).toBe(0);
});

test('an unknown report is refused, with where the known ones are', async () => {
  const { code, stderr } = await cli.run('reports', 'show', '--id', 'ver_none');
  expect(code).toBe(3);
  expect(stderr).toContain('flotilla reports ls');
});
