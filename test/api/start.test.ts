import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createClient, unwrap, unwrapStream } from '#api/client.ts';
import { type RunningApi, startApi, type StartOptions } from '#api/node.ts';
import { bareHosts } from '#core/testing/observations.ts';
import { demoProposed, plan } from './demo.ts';
import { FakeWorker } from './fake-worker.ts';

let dataDir: string;
const running: RunningApi[] = [];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'flotilla-start-'));
});
afterEach(async () => {
  for (const api of running.splice(0)) await api.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(options: Partial<StartOptions> = {}): Promise<RunningApi> {
  const api = await startApi({ dataDir, listen: null, osUser: 'ada', log: () => {}, ...options });
  running.push(api);
  return api;
}

const loopback = { host: '127.0.0.1', port: 0 };

describe('the first start', () => {
  test('makes one admin, whose token is told this once, and a token for workers', async () => {
    const first = await start();
    const token = first.adminToken ?? '';
    const admin = createClient({ baseUrl: first.url, token, fetch: (one) => first.app.fetch(one) });
    expect(await unwrap(admin.v1.whoami.$get())).toMatchObject({ role: 'admin', actor: { name: 'ada' } });
    await first.close();
    const second = await start({ osUser: 'bob' });
    expect(second.adminToken).toBeUndefined();
    expect(second.workerToken).toBe(first.workerToken);
    const again = createClient({ baseUrl: second.url, token, fetch: (one) => second.app.fetch(one) });
    expect(await unwrap(again.v1.whoami.$get())).toMatchObject({ role: 'admin', actor: { name: 'ada' } });
  });

  test('or a later one makes one more where all were lost, for the same person, and tells so in the record', async () => {
    const first = await start();
    await first.close();
    const kept: string[] = [];
    const again = await start({ osUser: 'bob', newAdminToken: true, keepAdminToken: (token) => void kept.push(token) });
    expect(kept).toEqual([again.adminToken]);
    expect(again.adminToken).not.toBe(first.adminToken);
    const token = again.adminToken ?? '';
    const admin = createClient({ baseUrl: again.url, token, fetch: (one) => again.app.fetch(one) });
    expect(await unwrap(admin.v1.whoami.$get())).toMatchObject({ role: 'admin', actor: { name: 'ada' } });
    const { items } = await unwrap(admin.v1.audit.$get({ query: { action: 'token.created', limit: '1' } }));
    expect(items).toMatchObject([{ actor: { name: 'start' }, reason: 'up --new-admin-token' }]);
  });

  test('keeps the token of the workers where only this user can read it, and replaces a lost one', async () => {
    const first = await start();
    const file = join(dataDir, 'worker-token');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await first.close();
    writeFileSync(file, 'flt_wrong\n');
    const second = await start();
    expect(second.workerToken).not.toBe(first.workerToken);
    const ask = (token: string) =>
      unwrap(createClient({ baseUrl: second.url, token, fetch: (one) => second.app.fetch(one) }).v1.whoami.$get());
    await expect(ask(first.workerToken)).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(ask(second.workerToken)).resolves.toMatchObject({ role: 'worker' });
  });

  test('hands the token over before it counts, so that a start that dies there has locked nobody out', async () => {
    const kept: string[] = [];
    const keepAdminToken = (token: string): void => {
      kept.push(token);
      if (kept.length === 1) throw new Error('no room for a token');
    };
    await expect(start({ keepAdminToken })).rejects.toThrow('no room for a token');
    const { adminToken } = await start({ keepAdminToken });
    expect(kept).toHaveLength(2);
    expect(kept[1]).toBe(adminToken);
  });

  test('of two at once makes one admin', async () => {
    const both = await Promise.all([start(), start()]);
    expect(both.filter(({ adminToken }) => adminToken !== undefined)).toHaveLength(1);
  });
});

describe('the server', () => {
  test('answers on loopback, streams events, and stops with a stream open', async () => {
    const api = await start({ listen: loopback });
    expect(api.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const admin = createClient({ baseUrl: api.url, token: api.adminToken ?? '' });
    await demoProposed(admin);
    const { id } = await plan(admin);
    const stream = await unwrapStream(
      admin.v1.operations[':id'].events.$get(
        { param: { id }, query: {}, header: {} },
        { headers: { accept: 'text/event-stream' } },
      ),
    );
    const reader = stream.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toContain('"queued"');
    const worker = new FakeWorker(createClient({ baseUrl: api.url, token: api.workerToken }));
    await worker.take(id);
    expect(new TextDecoder().decode((await reader.read()).value)).toContain('"running"');
    await worker.observe(bareHosts('h1', 'h2', 'h3'));
    await api.close();
    await expect(readAll(reader)()).resolves.toBe('closed');
    await expect(unwrap(admin.v1.hosts.$get())).rejects.toMatchObject({ code: 'api_unreachable' });
  });

  test('refuses an address beyond loopback, unless TLS or a proxy is named', async () => {
    await expect(start({ listen: { host: '0.0.0.0', port: 0 } })).rejects.toMatchObject({ code: 'invalid_input' });
    const behind = await start({ listen: { host: '0.0.0.0', port: 0, trustedProxy: 'a test' } });
    expect(behind.url).toMatch(/^http:\/\/0\.0\.0\.0:\d+$/);
  });

  test('says when its port is taken', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(start({ listen: { host: '127.0.0.1', port } })).rejects.toMatchObject({ code: 'conflict' });
    await new Promise((resolve) => taken.close(resolve));
    const api = await start({ listen: { host: '127.0.0.1', port } });
    expect(api.url).toBe(`http://127.0.0.1:${port}`);
    expect(api.adminToken).toBeDefined();
  });
});

/** Reads what is left; a connection that was cut is closed as well. */
const readAll = (reader: ReadableStreamDefaultReader<Uint8Array>) => async (): Promise<string> => {
  for (;;) {
    const { done } = await reader.read().catch(() => ({ done: true }));
    if (done) return 'closed';
  }
};

describe('the client', () => {
  test('tells an API that is away, and something else in its place, from a refusal', async () => {
    const away = createClient({ baseUrl: 'http://127.0.0.1:9', token: 'x' });
    await expect(unwrap(away.v1.hosts.$get())).rejects.toMatchObject({ code: 'api_unreachable' });
    const other = createClient({
      baseUrl: 'http://other.test',
      token: 'x',
      fetch: () => new Response('<h1>Bad gateway</h1>', { status: 502 }),
    });
    await expect(unwrap(other.v1.hosts.$get())).rejects.toMatchObject({ code: 'api_unreachable' });
    const gone = new AbortController();
    gone.abort(new Error('the caller left'));
    const call = away.v1.hosts.$get(undefined, { init: { signal: gone.signal } });
    await expect(unwrap(call)).rejects.toThrow('the caller left');
  });
});
