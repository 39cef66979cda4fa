import { createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { isFinished } from '#core/operation.ts';
import { until } from '#lab/wait.ts';
import { readMetrics } from '#test/prometheus.ts';
import { freePort } from '../../infra/edge/free-port.ts';
import { show } from '#test/api/demo.ts';
import { createWorld, type World } from '#test/world.ts';
import { type Running, runCli, startCli } from './run-cli.ts';

/* `flotilla worker` as a process of its own, for an API without a Redis. */

let world: World;
let folder: string;
const started: Running[] = [];
beforeAll(async () => {
  world = await createWorld({ listen: { host: '127.0.0.1', port: 0 } });
  folder = mkdtempSync(join(tmpdir(), 'flotilla-worker-'));
});
afterAll(async () => {
  for (const one of started) {
    one.process.kill('SIGTERM');
    await one.ended;
  }
  await world.close();
  rmSync(folder, { recursive: true });
});

const envOf = (name: string, more: Record<string, string> = {}): Record<string, string> => ({
  FLOTILLA_DATA: join(folder, name),
  FLOTILLA_URL: world.api.url,
  FLOTILLA_WORKER_TOKEN: world.api.workerToken,
  ...more,
});

async function startWorker(name: string, more: Record<string, string> = {}): Promise<Running> {
  const running = startCli(['worker'], { env: envOf(name, more) });
  started.push(running);
  await running.untilShown('works for');
  return running;
}

const probe = async (name: string): Promise<string> =>
  (await unwrap(world.admin.v1.hosts[':name'].probe.$post({ param: { name }, json: {} }))).id;

/** The worker has no key for it, so that it is over in a moment. */
const addHost = (name: string, workerLabel: string | null) =>
  unwrap(world.admin.v1.hosts.$post({ json: { name, address: '127.0.0.1', port: 9, acceptNew: true, workerLabel } }));

test('two workers take what is theirs within two seconds, and each stops when it is told to', async () => {
  const figures = await Promise.all([freePort(), freePort()]);
  const metrics = (at: number) => ({ FLOTILLA_WORKER_METRICS: `127.0.0.1:${figures[at]}` });
  const near = await startWorker('near', metrics(0));
  const far = await startWorker('far', { FLOTILLA_WORKER_LABELS: 'berlin', ...metrics(1) });
  await addHost('bound', 'berlin');
  await addHost('free', null);
  const ids = await Promise.all(['bound', 'free', 'bound', 'free'].map(probe));
  for (const id of ids) {
    const view = await until('it is over', async () => {
      const seen = await show(world.admin, id);
      return isFinished(seen.state) && seen;
    });
    expect(view.error).toMatchObject({ code: 'ssh_key_unavailable' });
    expect(Date.parse(view.startedAt ?? '') - Date.parse(view.createdAt)).toBeLessThan(2000);
  }
  const [ofNear, ofFar] = await Promise.all(figures.map((port) => refusedLogins(port)));
  // What is bound only one may take, the rest whoever comes first.
  expect([(ofNear ?? 0) + (ofFar ?? 0), (ofFar ?? 0) >= 2]).toEqual([4, true]);
  const again = await runCli(['worker'], { env: envOf('near') });
  expect(again).toMatchObject({ code: 5 });
  expect(again.stderr).toContain('Another worker runs on');
  for (const one of [near, far]) one.process.kill('SIGTERM');
  expect([(await near.ended).code, (await far.ended).code]).toEqual([0, 0]);
});

/** As the worker that tells its figures at this port counts them. */
async function refusedLogins(port: number): Promise<number> {
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
  const name = 'flotilla_ssh_handshakes_total';
  return (
    readMetrics(await answer.text())
      .get(name)
      ?.samples.get(`${name}{outcome="ssh_key_unavailable"}`) ?? 0
  );
}

describe('starts nothing', () => {
  test('without its settings, and names all of them', async () => {
    const env = {
      FLOTILLA_DATA: join(folder, 'none'),
      FLOTILLA_WORKER_CONCURRENCY: 'many',
      FLOTILLA_WORKER_LABELS: 'a b',
      FLOTILLA_WORKER_METRICS: 'here',
    };
    const { code, stderr } = await runCli(['worker'], { env });
    expect(code).toBe(2);
    for (const name of ['CONCURRENCY', 'LABELS', 'METRICS', 'TOKEN'])
      expect(stderr).toContain(`FLOTILLA_WORKER_${name}: `);
    expect(stderr).toContain('FLOTILLA_URL: ');
  });

  test.each([
    ['of a person', () => world.adminToken, 'one of the role admin'],
    ['that nobody knows', () => 'flt_x', 'The token is not valid'],
  ])('with a token %s', async (_whose, token, why) => {
    const { code, stderr } = await runCli(['worker'], { env: envOf('wrong', { FLOTILLA_WORKER_TOKEN: token() }) });
    expect(code).toBe(4);
    expect(stderr).toContain(why);
  });

  test('with a clock that is off by an hour', async () => {
    const there = createServer((request, answer) => {
      answer.setHeader('date', new Date(Date.now() - 3_600_000).toUTCString());
      answer.setHeader('content-type', 'application/json');
      const whoami = { actor: { kind: 'worker', worker: 'x', name: 'x' }, role: 'worker', clusters: [], token: 'x' };
      answer.end(JSON.stringify(request.url === '/v1/whoami' ? { ...whoami, expiresAt: null } : {}));
    });
    await new Promise<void>((resolve) => there.listen(0, '127.0.0.1', resolve));
    try {
      const url = `http://127.0.0.1:${portOf(there.address())}`;
      const { code, stderr } = await runCli(['worker'], { env: envOf('late', { FLOTILLA_URL: url }) });
      expect(code).toBe(5);
      expect(stderr).toContain('The clock of this machine is 60 minutes ahead of that of the control plane');
    } finally {
      there.close();
      there.closeAllConnections();
    }
  });
});

const portOf = (address: AddressInfo | string | null): number =>
  typeof address === 'object' && address !== null ? address.port : 0;
