import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { startPrivateRedis } from '#cli/up/private-redis.ts';
import { until } from '#lab/wait.ts';
import { createWorld, type World } from '#test/world.ts';
import { demoProposed, plan } from './demo.ts';

/* The queue of doorbells, as an administrator sees it in a browser. */

let folder: string;
let redis: Awaited<ReturnType<typeof startPrivateRedis>>;
let world: World;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'flotilla-board-'));
  redis = await startPrivateRedis(folder, () => {});
  world = await createWorld({ redis: redis.socket });
});
afterAll(async () => {
  await world?.close();
  await redis?.stop();
  rmSync(folder, { recursive: true });
});

const basic = (password: string) => `Basic ${Buffer.from(`whoever:${password}`).toString('base64')}`;
const ask = async (path: string, authorization?: string, method = 'GET') =>
  await world.api.app.request(path, { method, headers: authorization === undefined ? {} : { authorization } });

const queuesSchema = z.object({
  queues: z.array(z.object({ name: z.string(), readOnlyMode: z.boolean(), counts: z.record(z.string(), z.number()) })),
});

test('a browser is asked for a password, which is the token of an administrator', async () => {
  const stranger = await ask('/queues');
  expect(stranger.status).toBe(401);
  expect(stranger.headers.get('www-authenticate')).toBe('Basic realm="flotilla"');
  expect((await ask('/queues', basic('flt_wrong'))).status).toBe(401);
  expect((await ask('/queues', 'Basic ***')).status).toBe(401);
  expect((await ask('/queues', basic(await world.tokenFor('approver')))).status).toBe(403);
  const page = await ask('/queues', basic(world.adminToken));
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('Flotilla: doorbells');
});

test('the password opens no other door, and a bearer token opens this one', async () => {
  expect((await ask('/v1/hosts', basic(world.adminToken))).status).toBe(401);
  expect((await ask('/queues', `Bearer ${world.adminToken}`)).status).toBe(200);
});

describe('the board', () => {
  test('loads its own files, and nothing from elsewhere', async () => {
    const page = await ask('/queues/', basic(world.adminToken));
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
    const [, script = ''] = /src="(static\/js\/main[^"]+)"/.exec(await page.text()) ?? [];
    const file = await ask(`/queues/${script}`, basic(world.adminToken));
    expect([file.status, file.headers.get('content-type')]).toEqual([200, expect.stringContaining('javascript')]);
    expect((await ask(`/queues/${script}`)).status).toBe(401);
    expect((await ask('/queues/static/../../package.json', basic(world.adminToken))).status).not.toBe(200);
  });

  test('shows what waits, and marks it as for reading only', async () => {
    await demoProposed(world.admin);
    await plan(world.admin);
    const queue = await until('the ring lies in Redis', async () => {
      const answer = await ask('/queues/api/queues', basic(world.adminToken));
      const [only] = queuesSchema.parse(await answer.json()).queues;
      return only?.counts['waiting'] === 1 && only;
    });
    expect(queue).toMatchObject({ name: 'flotilla-operations', readOnlyMode: true });
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('takes no %s', async (method) => {
    for (const path of [
      '/queues/api/queues/flotilla-operations/pause',
      '/queues/api/queues/flotilla-operations/obliterate',
    ])
      expect((await ask(path, basic(world.adminToken), method)).status).toBe(403);
    const answer = await ask('/queues/api/queues', basic(world.adminToken));
    expect(queuesSchema.parse(await answer.json()).queues[0]?.counts['waiting']).toBe(1);
  });
});

test('where there is no Redis there is no board', async () => {
  const other = await createWorld();
  try {
    const headers = { authorization: basic(other.adminToken) };
    expect((await other.api.app.request('/queues', { headers })).status).toBe(404);
  } finally {
    await other.close();
  }
});
