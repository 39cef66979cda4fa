import { createReadStream } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createLab } from '#lab/lab.ts';
import type { Lab } from '#lab/types.ts';
import { Joining } from '#workers/checks/joining.ts';
import { type Prober, removeLeftProbers, startProber } from '#workers/checks/probe-container.ts';
import { type EngineClient, localEngine } from '#workers/docker/engine.ts';
import { loadImage } from '#workers/docker/images.ts';
import { EngineRefusal } from '#workers/docker/refusal.ts';
import { probeImage } from '#workers/probe/image.ts';
import { parseOutput, type ProbeCheck } from '#workers/probe/protocol.ts';
import { canRun } from './world.ts';

const setUpLimitMs = 300_000;
const refused = (id: string): ProbeCheck => ({ kind: 'tcp', id, host: '127.0.0.1', port: 9 });

describe.skipIf(!canRun)('a prober that is told of by its log', () => {
  let lab: Lab;
  let engine: EngineClient;
  let image = '';
  beforeAll(async () => {
    lab = await createLab({ id: `logged-${process.pid}`, hosts: 1 });
    engine = localEngine(lab.host('h1').socketPath, 'h1');
    const { path, tag } = await probeImage('amd64');
    await loadImage(engine, createReadStream(path));
    image = tag;
  }, setUpLimitMs);
  afterEach(async () => {
    await removeLeftProbers(engine);
  });
  afterAll(async () => {
    await engine?.close();
    await lab?.down();
  }, setUpLimitMs);

  async function start(): Promise<Prober> {
    const vantage = { host: 'h1', kind: 'host' } as const;
    const made = await startProber(engine, vantage, { image, operation: 'op_test', joining: new Joining(0) });
    if ('fault' in made) throw made.fault;
    return made.prober;
  }

  test.each([
    ['none at all', { 'log-driver': 'none' }],
    [
      'little, and drops what does not fit',
      {
        'log-driver': 'json-file',
        'log-opts': {
          'max-size': '4k',
          'max-file': '3',
          compress: 'true',
          mode: 'non-blocking',
          'max-buffer-size': '1k',
        },
      },
    ],
  ])('tells all of every run, where the engine keeps %s by default', async (_, defaults) => {
    const file = '/etc/docker/daemon.json';
    const host = lab.host('h1');
    const { stdout: before } = await host.exec(['cat', file]);
    const write = (text: string) => host.exec(['sh', '-c', 'printf %s "$1" > "$2"', 'sh', text, file]);
    await write(JSON.stringify({ ...Object(JSON.parse(before)), ...defaults }));
    try {
      await host.restartEngine();
      const prober = await start();
      const checks = Array.from({ length: 300 }, (_each, at) => refused(`${at} → ${'x'.repeat(100)}`));
      const outputs = await Promise.all([prober.run(checks, 20_000), prober.run([refused('other')], 20_000)]);
      const [many, one] = outputs.map(parseOutput);
      expect(many?.results.map(({ id }) => id).toSorted()).toEqual(checks.map(({ id }) => id).toSorted());
      expect(many?.done).toMatchObject({ fail: 300, expired: false });
      expect(one?.results.map(({ id, error }) => ({ id, error }))).toEqual([{ id: 'other', error: 'refused' }]);
    } finally {
      await write(before);
      await host.restartEngine();
    }
  });

  test('is an error where its container goes away while it asks', async () => {
    const prober = await start();
    const asked = prober.run(
      [{ kind: 'udp', id: 'long', host: '127.0.0.1', port: 9, nonce: 'n', count: 200, timeoutMs: 60_000 }],
      60_000,
    );
    const [told] = await Promise.allSettled([asked, prober.remove()]);
    expect(told).toMatchObject({ status: 'rejected', reason: expect.any(EngineRefusal) });
  });
});
