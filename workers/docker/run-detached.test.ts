import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { engineThat } from '../testing/local-engine.ts';
import { listContainers } from './containers.ts';
import { runDetached } from './run-detached.ts';

test('a program that nobody listens to is asked about until it has ended, all over one connection', async () => {
  const asked: string[] = [];
  const connections = new Set<Socket>();
  await using engine = await engineThat((request, response) => {
    const call = `${request.method ?? ''} ${(request.url ?? '').replace(/^\/v[\d.]+|\?.*/g, '')}`;
    asked.push(call);
    connections.add(request.socket);
    if (call.endsWith('/containers/c1/exec')) response.writeHead(201).end('{"Id":"e1"}');
    else if (call.endsWith('/start')) response.end();
    else if (call.includes('/exec/'))
      response.end(`{"Running":${asked.length < 5},"ExitCode":${asked.length < 5 ? null : 3}}`);
    else response.end('[]');
  });
  const [code] = await Promise.all([runDetached(engine, 'c1', { Cmd: ['say'] }, 5000), listContainers(engine)]);
  expect(code).toBe(3);
  expect(asked.filter((call) => call.includes('/exec'))).toEqual([
    'POST /containers/c1/exec',
    'POST /exec/e1/start',
    'GET /exec/e1/json',
    'GET /exec/e1/json',
  ]);
  expect(connections.size).toBe(1);
});

test('one that does not end in time is given up, and not taken for ended', async () => {
  await using engine = await engineThat((request, response) => {
    if (request.url?.endsWith('/containers/c1/exec') === true) response.writeHead(201).end('{"Id":"e1"}');
    else response.end(request.method === 'POST' ? '' : '{"Running":true,"ExitCode":null}');
  });
  const running = runDetached(engine, 'c1', { Cmd: ['/probe'] }, 10);
  await expect(running).rejects.toMatchObject({
    code: 'timeout',
    host: 'h1',
    message: expect.stringContaining('did not end'),
  });
});
