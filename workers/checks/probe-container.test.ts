import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { engineThat } from '../testing/local-engine.ts';
import type { Vantage } from './planned-check.ts';
import { startProber } from './probe-container.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const network = 'a'.repeat(64);
const vantage: Vantage = { host: 'h1', kind: 'attached', networks: [{ name: 'net', id: network }] };

const joined = {
  Id: 'probe',
  Name: '/probe',
  Image: 'sha256:1',
  State: { Status: 'running', Running: true, ExitCode: 0 },
  Config: { Image: 'probe', Labels: {} },
  HostConfig: {},
  NetworkSettings: { Networks: { net: { NetworkID: network, IPAddress: '10.200.1.2' } } },
};

/** Starts a prober on an engine that does not answer until `answer` is called. */
async function startOnBusyEngine(settleMs: number) {
  const asked = Promise.withResolvers<ServerResponse>();
  let isThere = true;
  const engine = await engineThat((request, response) => {
    const path = request.url ?? '';
    if (path.includes('/containers/create')) response.writeHead(201).end('{"Id":"probe"}');
    else if (path.endsWith('/start')) asked.resolve(response);
    else if (request.method === 'DELETE') {
      isThere = false;
      response.writeHead(204).end();
    } else if (isThere) response.end(JSON.stringify(joined));
    else response.writeHead(404).end('{"message":"no such container"}');
  });
  const starting = startProber(engine, vantage, { image: 'probe', operation: 'op_1', settleMs });
  const response = await asked.promise;
  const answer = (): void => void response.writeHead(204).end();
  return { starting, answer, [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose]() };
}

test('after a change a prober may take as long to join as the verification waits for names to spread', async () => {
  await using busy = await startOnBusyEngine(20_000);
  await vi.advanceTimersByTimeAsync(19_000);
  busy.answer();
  expect(await busy.starting).toMatchObject({ prober: { places: [{ network: 'net', address: '10.200.1.2' }] } });
});

test('where nothing was changed, a prober that does not join within 8 s is a fault', async () => {
  await using busy = await startOnBusyEngine(4000);
  await vi.advanceTimersByTimeAsync(8000);
  const start = await busy.starting;
  expect(start).toMatchObject({ fault: { code: 'engine_unreachable' } });
  if ('removal' in start) await start.removal;
});
