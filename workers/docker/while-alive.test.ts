import { expect, test } from 'vitest';
import { engineThat } from '../testing/local-engine.ts';
import type { EngineClient } from './engine.ts';
import { listNetworks } from './networks.ts';
import { whileAlive } from './while-alive.ts';

const ask = (engine: EngineClient, limits: { doubtMs: number; pingMs: number }) =>
  whileAlive(engine, (options) => listNetworks(engine, {}, options), limits);

test('an engine that answers at once is not pinged', async () => {
  const asked: (string | undefined)[] = [];
  await using engine = await engineThat((request, response) => {
    asked.push(request.url);
    response.end('[]');
  });
  expect(await ask(engine, { doubtMs: 10_000, pingMs: 10_000 })).toEqual([]);
  expect(asked).toEqual(['/v1.41/networks']);
});

test('one that takes its time is waited for while it answers pings', async () => {
  const { promise: pinged, resolve: onPing } = Promise.withResolvers<void>();
  await using engine = await engineThat((request, response) => {
    if (request.url?.endsWith('/_ping') === true) {
      response.end('OK');
      onPing();
    } else void pinged.then(() => response.end('[]'));
  });
  expect(await ask(engine, { doubtMs: 20, pingMs: 10_000 })).toEqual([]);
});

test('one that hangs is told as such, long before the time limit of the call', async () => {
  await using engine = await engineThat(() => undefined);
  await expect(ask(engine, { doubtMs: 20, pingMs: 100 })).rejects.toMatchObject({
    code: 'engine_unreachable',
    host: 'h1',
    message: 'The engine on h1 did not answer GET /_ping within 0.1 s.',
  });
});
