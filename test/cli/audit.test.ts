import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { demoProposed, plan } from '#test/api/demo.ts';
import { type CliWorld, createCliWorld } from './cli-world.ts';

let cli: CliWorld;
let folder: string;
beforeAll(async () => {
  cli = await createCliWorld();
  folder = mkdtempSync(join(tmpdir(), 'flotilla-audit-'));
  await demoProposed(cli.world.admin);
  await plan(cli.world.admin);
});
afterAll(async () => {
  await cli.close();
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string): string => join(folder, name);
const page = readFileSync(new URL('../../docs/audit.md', import.meta.url), 'utf8');

test('what docs/audit.md tells an auditor to run finds a whole record whole, and an edited one not', async () => {
  const pem = await cli.run('audit', 'key', '--pem');
  writeFileSync(at('audit.pem'), pem.stdout);
  expect((await cli.run('audit', 'export', '--out', at('export.ndjson'))).code).toBe(0);
  const program = /```python\n(?<code>[\s\S]*?)```/.exec(page)?.groups?.['code'] ?? '';
  const check = () => execFileSync('python3', ['-c', program], { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  expect(check()).toMatch(/^\d+ events whole, signed through \d+\n$/);
  const whole = readFileSync(at('export.ndjson'), 'utf8');
  writeFileSync(at('export.ndjson'), whole.replace('"host.added"', '"host.removed"'));
  expect(check).toThrow('Command failed');
  writeFileSync(at('export.ndjson'), whole.replace(/head [0-9a-f]{4}/, 'head 0000'));
  expect(check).toThrow('Command failed');
});

test('an export is checked without the control plane, each finding with its exit code', async () => {
  const key = (await cli.run('audit', 'key')).stdout.trim();
  writeFileSync(at('anchor'), (await cli.run('audit', 'key', '--checkpoint')).stdout);
  await cli.run('audit', 'export', '--out', at('whole.ndjson'));
  const away = ['audit', 'verify', '--key', key, '--anchor', at('anchor'), '--file'];
  const ran = await cli.run(...away, at('whole.ndjson'));
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  writeFileSync(at('edited.ndjson'), readFileSync(at('whole.ndjson'), 'utf8').replace('"host.added"', '"host.gone"'));
  const edited = await cli.run(...away, at('edited.ndjson'));
  expect(edited.code).toBe(10);
  expect(edited.stdout).toMatch(/An event was edited at event \d+\./);
  const unreachable = await cli.run('audit', 'verify', '--url', 'http://127.0.0.1:9');
  expect(unreachable.code).toBe(1);
});

test('a file that is not there is told in words, with what to give', async () => {
  const { code, stderr } = await cli.run('audit', 'verify', '--file', at('nothing.ndjson'));
  expect([code, stderr]).toEqual([2, expect.stringMatching(/nothing\.ndjson: there is no such file.*audit export/s)]);
});

test('a beginning is archived, checked and pruned beside a control plane that has signed less of it, and goes on', async () => {
  const { dataDir } = cli.world;
  expect((await cli.run('audit', 'verify')).code).toBe(0);
  expect((await cli.run('person', 'add', 'bea')).code).toBe(0);
  const archive = at('archive.ndjson');
  const made = await cli.run('audit', 'archive', '--data', dataDir, '--out', archive);
  expect([made.code, made.stderr]).toEqual([0, '']);
  const forged = at('forged.ndjson');
  writeFileSync(forged, readFileSync(archive, 'utf8').split('\n').slice(0, -2).join('\n'));
  expect((await cli.run('audit', 'prune', '--data', dataDir, '--archive', forged, '--yes')).code).toBe(5);
  const pruned = await cli.run('audit', 'prune', '--data', dataDir, '--archive', archive, '--yes');
  expect([pruned.code, pruned.stderr]).toEqual([0, '']);
  const verified = await cli.run('audit', 'verify');
  expect([verified.code, verified.stderr]).toEqual([0, '']);
  expect(verified.stdout).toMatch(/Verified from event \d+; what was before is archived/);
  expect((await cli.run('audit', 'verify', '--file', archive)).code).toBe(0);
  const listed = await cli.run('audit', 'ls', 'action:audit.*', '-n', '5');
  expect(listed.stdout).toContain('audit.pruned');
  expect((await cli.run('person', 'add', 'eve')).code).toBe(0);
});

test('a question that cannot be read says where, and what was perhaps meant', async () => {
  const ran = await cli.run('audit', 'ls', 'actor:ada outcom:failed');
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain('did you mean `outcome`?');
});

test('somebody and an outcome, which are two events of an operation, are told where nothing fits', async () => {
  const both = await cli.run('audit', 'ls', 'actor:ada outcome:failed');
  expect(both.stdout).toMatch(/^Nothing on record that fits\.\nWho asks .*\n.*flotilla ops ls --state failed\n$/);
  expect((await cli.run('audit', 'ls', 'actor:nobody')).stdout).toBe('Nothing on record that fits.\n');
});
