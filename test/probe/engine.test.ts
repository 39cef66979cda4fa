import { createReadStream } from 'node:fs';
import { request } from 'node:http';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLab } from '#lab/lab.ts';
import { probeImage } from '#workers/probe/image.ts';
import { parseOutput, probeArgs } from '#workers/probe/protocol.ts';
import type { ProbeRun } from '#workers/probe/protocol.ts';
import { canRun } from './world.ts';

const setUpLimitMs = 300_000;
type Lab = Awaited<ReturnType<typeof createLab>>;

/** One call straight at the engine's socket; gives status and body. */
function call(
  socketPath: string,
  method: string,
  path: string,
  body?: object | Readable,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const stream = body !== undefined && 'pipe' in body ? body : null;
    const type = stream === null ? 'application/json' : 'application/x-tar';
    const sent = request({ socketPath, method, path, headers: { 'content-type': type } }, (response) => {
      text(response).then((all) => resolve({ status: response.statusCode ?? 0, body: all }), reject);
    }).on('error', reject);
    if (stream !== null) stream.pipe(sent);
    else sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Creates, starts and waits for a container with a terminal, whose log is plain text. */
async function runContainer(socketPath: string, create: object): Promise<string> {
  const made = await call(socketPath, 'POST', '/containers/create', { ...create, Tty: true });
  expect(made).toMatchObject({ status: 201 });
  const { Id: id }: { Id: string } = JSON.parse(made.body);
  expect((await call(socketPath, 'POST', `/containers/${id}/start`)).status).toBe(204);
  expect(JSON.parse((await call(socketPath, 'POST', `/containers/${id}/wait`)).body)).toMatchObject({ StatusCode: 0 });
  const log = await call(socketPath, 'GET', `/containers/${id}/logs?stdout=1&stderr=1`);
  await call(socketPath, 'DELETE', `/containers/${id}`);
  return log.body.replaceAll('\r\n', '\n');
}

describe.skipIf(!canRun)('a real engine', () => {
  let lab: Lab;
  let socketPath = '';
  beforeAll(async () => {
    lab = await createLab({ id: `probe-${process.pid}`, hosts: 1 });
    socketPath = lab.host('h1').socketPath;
  }, setUpLimitMs);
  afterAll(() => lab?.down(), setUpLimitMs);

  test('loads the image as it is, and runs the prober in it without any privilege', async () => {
    const { path, tag } = await probeImage('amd64');
    expect((await call(socketPath, 'GET', `/images/${tag}/json`)).status).toBe(404);
    await call(socketPath, 'POST', '/images/load?quiet=1', createReadStream(path));
    expect((await call(socketPath, 'GET', `/images/${tag}/json`)).status).toBe(200);

    const run: ProbeRun = {
      listen: [{ proto: 'tcp', port: 47_810 }],
      stayMs: 1000,
      checks: [
        { kind: 'ping', id: 'ping', host: '127.0.0.1', count: 3 },
        { kind: 'bulk', id: 'bulk', host: '127.0.0.1', port: 47_810, nonce: 'n' },
        { kind: 'tcp', id: 'closed', host: '127.0.0.1', port: 9 },
      ],
    };
    for (const rights of [{}, { CapDrop: ['ALL'], ReadonlyRootfs: true }]) {
      const { results, done } = parseOutput(
        await runContainer(socketPath, { Image: tag, Cmd: probeArgs(run), HostConfig: rights }),
      );
      expect(done).toMatchObject({ ok: 2, fail: 1, skipped: 0 });
      expect(results.find((result) => result.id === 'closed')).toMatchObject({ error: 'refused' });
    }
  });
});
