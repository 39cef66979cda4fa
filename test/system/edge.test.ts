import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { createClient, unwrap } from '#api/client.ts';
import { parseToken } from '#api/tokens.ts';
import { isFinished } from '#core/operation.ts';
import { startLocalEdge } from '../../infra/edge/dev.ts';
import { freePort } from '../../infra/edge/free-port.ts';
import { until } from '#lab/wait.ts';
import { startCli } from '#test/cli/run-cli.ts';

const root = join(import.meta.dirname, '../..');
const folderFor = (): string => mkdtempSync(join(tmpdir(), 'flotilla-edge-'));

test('npm run edge:dev serves wrangler.toml offline; a worker beside its hosts works for it within two seconds', async () => {
  const folder = folderFor();
  const said: string[] = [];
  const options = { folder: join(folder, 'edge'), port: await freePort(), log: (text: string) => said.push(text) };
  const edge = await startLocalEdge(options);
  const worker = startCli(['worker'], {
    env: { FLOTILLA_DATA: join(folder, 'worker'), FLOTILLA_URL: edge.url, FLOTILLA_WORKER_TOKEN: edge.workerToken },
  });
  try {
    const api = createClient({ baseUrl: edge.url, token: edge.adminToken });
    expect(await unwrap(api.v1.whoami.$get())).toMatchObject({ role: 'admin', actor: { name: 'admin' } });
    await worker.untilShown('works for');
    const json = { name: 'h1', address: '127.0.0.1', port: 9, acceptNew: true };
    await unwrap(api.v1.hosts.$post({ json }));
    const { id } = await unwrap(api.v1.hosts[':name'].probe.$post({ param: { name: 'h1' }, json: {} }));
    const seen = () => unwrap(api.v1.operations[':id'].$get({ param: { id }, query: {} }));
    const ended = await until('it has ended', async () => {
      const view = await seen();
      return isFinished(view.state) && view;
    });
    expect(ended.error).toMatchObject({ code: 'ssh_key_unavailable' });
    expect(Date.parse(ended.startedAt ?? '') - Date.parse(ended.createdAt)).toBeLessThan(2000);
    expect((await fetch(`${edge.url}/__scheduled?cron=*+*+*+*+*`)).status).toBe(200);
    worker.process.kill('SIGTERM');
    expect((await worker.ended).code).toBe(0);
    await edge.stop();
    const again = await startLocalEdge(options);
    try {
      expect(await seen()).toMatchObject({ state: 'failed' });
      expect(await unwrap(api.v1.audit.verify.$get({ query: {} }))).toMatchObject({ ok: true, fault: null });
    } finally {
      await again.stop();
    }
  } finally {
    worker.process.kill('SIGKILL');
    await worker.ended;
    await edge.stop();
    rmSync(folder, { recursive: true });
  }
}, 180_000);

test('what is put at the edge is at most 1 MB, compressed', async () => {
  const folder = folderFor();
  try {
    const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: '1' };
    const args = ['deploy', '--dry-run', '--env', 'production', '--outdir', folder];
    await promisify(execFile)(join(root, 'node_modules/.bin/wrangler'), args, { cwd: root, env });
    const parts = readdirSync(folder).filter((name) => name.endsWith('.js') || name.endsWith('.wasm'));
    const bytes = parts.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length, 0);
    expect(bytes).toBeGreaterThan(100_000);
    expect(bytes).toBeLessThan(1_000_000);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('npm run edge:token makes a token that the edge takes', async () => {
  const main = join(root, 'infra/edge/main.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [main, 'token'], { cwd: root });
  expect(parseToken(stdout.trim())).not.toBeNull();
});
