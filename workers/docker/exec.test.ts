import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { engineThat } from '../testing/local-engine.ts';
import { createExec, runExec } from './exec.ts';
import { listContainers } from './containers.ts';

/** One frame of stdout, as engines write it. */
function frame(text: string): Buffer {
  const head = Buffer.alloc(8);
  head[0] = 1;
  head.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([head, Buffer.from(text)]);
}

test('a program has a connection of its own, which the engine closes; all else goes over one that stays', async () => {
  const asked: { call: string; by: Socket }[] = [];
  await using engine = await engineThat((request, response) => {
    const call = `${request.method ?? ''} ${(request.url ?? '').replace(/^\/v[\d.]+|\?.*/g, '')}`;
    asked.push({ call, by: request.socket });
    if (call.endsWith('/exec')) response.writeHead(201).end('{"Id":"e1"}');
    else if (call.endsWith('/start')) response.writeHead(200, { connection: 'close' }).end(frame('said\n'));
    else if (call.includes('/exec/')) response.end('{"Running":false,"ExitCode":0}');
    else response.end('[]');
  });
  await listContainers(engine);
  const running = runExec(engine, 'c1', { Cmd: ['say'] });
  await listContainers(engine);
  expect(await running).toMatchObject({ code: 0, stdout: 'said\n' });
  await listContainers(engine);
  const ofPrograms = new Set(asked.filter(({ call }) => call.endsWith('/start')).map(({ by }) => by));
  const ofOthers = new Set(asked.filter(({ call }) => !call.endsWith('/start')).map(({ by }) => by));
  expect([ofPrograms.size, ofOthers.size]).toEqual([1, 1]);
  expect(ofPrograms.intersection(ofOthers).size).toBe(0);
});

test('an exec whose connection was lost before it had its id is made once more', async () => {
  let asked = 0;
  await using engine = await engineThat((request, response) => {
    asked += 1;
    if (asked === 1) request.socket.destroy();
    else response.writeHead(201).end('{"Id":"e1"}');
  });
  expect(await createExec(engine, 'c1', { Cmd: ['say'] })).toBe('e1');
  expect(asked).toBe(2);
});
