import type { RequestListener, ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import type { LogRecord } from '#core/logs.ts';
import { until } from '#lab/wait.ts';
import type { EngineClient } from '../docker/engine.ts';
import { engineThat } from '../testing/local-engine.ts';
import { followContainer, type Followed } from './follow-container.ts';
import { Outbox } from './outbox.ts';
import { SeenMessages } from './seen-messages.ts';
import { Sightings } from './sightings.ts';

const at = (n: number): string => `2026-11-28T11:34:00.${String(n).padStart(9, '0')}Z`;
const frame = (stream: number, text: string): Buffer => {
  const header = Buffer.alloc(8);
  header.writeUInt8(stream, 0);
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
};
const printed = (n: number, text = `line ${n}`, stream = 1): Buffer => frame(stream, `${at(n)} ${text}\n`);
const containerThat = (runs: boolean) => ({
  Id: 'c1',
  Name: '/web.1',
  Image: 'sha256:1',
  Created: at(0),
  State: { Status: runs ? 'running' : 'exited', Running: runs, ExitCode: runs ? 0 : 3, Error: '', FinishedAt: at(0) },
  Config: { Image: 'busybox', Labels: {} },
  HostConfig: { LogConfig: { Type: 'json-file' } },
});

/** Answers for the log, one after the other; when they are over the container has ended, and its log is the last one. */
function engineWith(...answers: ((response: ServerResponse) => void)[]) {
  const asked: URLSearchParams[] = [];
  const listener: RequestListener = (request, response) => {
    const url = new URL(request.url ?? '', 'http://engine');
    if (!url.pathname.endsWith('/logs'))
      return void response.end(JSON.stringify(containerThat(asked.length < answers.length - 1)));
    asked.push(url.searchParams);
    answers[Math.min(asked.length, answers.length) - 1]?.(response);
  };
  return { asked, listener };
}

/** What is told until it is over. */
async function followed(engine: EngineClient, more: Partial<Followed> = {}): Promise<LogRecord[]> {
  const told: LogRecord[] = [];
  const source = { name: 'web.1', host: 'h1', task: 't1', container: 'c1' };
  const one = { source, seen: new SeenMessages(), first: { tail: 5, since: null }, isOver: false, ...more };
  const outbox = { add: (record: LogRecord) => void told.push(record), room: async () => {} };
  const { signal } = new AbortController();
  const times = { againMs: 1, retryMs: 1, provenMs: 1000 };
  const sightings = new Sightings(outbox.add);
  await followContainer(one, { engine, outbox, sightings, signal, lost: () => signal, times });
  return told;
}
const texts = (told: readonly LogRecord[]) => told.map((one) => (one.type === 'line' ? one.text : one.type));

test('a stream that breaks off goes on from its last line: none is there twice, and none is missing', async () => {
  const { asked, listener } = engineWith(
    (response) => {
      response.write(Buffer.concat([printed(1), printed(3), printed(2, 'err', 2)]), () => response.destroy());
    },
    // Of the same time as the last, of the other stream, and after it.
    (response) =>
      response.end(Buffer.concat([printed(1), printed(3), printed(2, 'err', 2), printed(3, 'same'), printed(4)])),
    (response) => response.end(printed(4)),
  );
  await using engine = await engineThat(listener);
  expect(texts(await followed(engine))).toEqual(['line 1', 'line 3', 'err', 'same', 'line 4', 'source']);
  expect(asked.map((query) => [query.get('tail'), query.get('since'), query.get('follow')])).toEqual([
    ['5', null, 'true'],
    ['all', '1795865640.000000001', 'true'],
    ['all', '1795865640.000000001', 'true'],
  ]);
});

test('what it prints at its end comes before its end is told', async () => {
  const { listener } = engineWith(
    (response) => response.end(printed(1)),
    (response) => response.end(Buffer.concat([printed(1), printed(2)])),
  );
  await using engine = await engineThat(listener);
  const told = await followed(engine);
  expect(texts(told)).toEqual(['line 1', 'line 2', 'source']);
  expect(told.at(-1)).toMatchObject({ state: 'exited', exitCode: 3, lines: 2 });
});

test('a message that was cut off comes whole', async () => {
  const whole = printed(2, 'a long one');
  const { listener } = engineWith(
    (response) => response.write(Buffer.concat([printed(1), whole.subarray(0, 20)]), () => response.destroy()),
    (response) => response.end(Buffer.concat([printed(1), whole])),
    (response) => response.end(whole),
  );
  await using engine = await engineThat(listener);
  expect(texts(await followed(engine))).toEqual(['line 1', 'a long one', 'source']);
});

test('a log that cannot be read is told once, and once when it can', async () => {
  const refused = (response: ServerResponse): void => {
    response.statusCode = 500;
    response.end('{"message":"cannot open the log"}');
  };
  const { listener } = engineWith(
    refused,
    refused,
    (response) => response.end(printed(1)),
    (response) => response.end(printed(1)),
  );
  await using engine = await engineThat(listener);
  const told = await followed(engine);
  expect(told.map(({ type }) => type)).toEqual(['unseen', 'line', 'seen', 'source']);
  expect(told[0]).toMatchObject({ reason: 'cannot open the log' });
});

test('one that is removed says so, and what is read on begins where it was read to', async () => {
  const seen = new SeenMessages();
  seen.isNew('stdout', at(1));
  let asked = 0;
  await using engine = await engineThat((request, response) => {
    if (request.url?.includes('/logs') === true) return void response.end(Buffer.concat([printed(1), printed(2)]));
    if (asked++ === 0) return void response.end(JSON.stringify(containerThat(true)));
    response.statusCode = 404;
    response.end('{"message":"No such container: c1"}');
  });
  const told = await followed(engine, { seen });
  expect(texts(told)).toEqual(['line 2', 'source']);
  expect(told.at(-1)).toMatchObject({ state: 'removed', lines: 1 });
});

test('who reads slowly is given no more than there is room for, and then the rest', async () => {
  const outbox = new Outbox({ gatherMs: 1, lifeSignMs: 1000, slowMs: 1 });
  const over = new AbortController();
  const sent: number[] = [];
  let waitingBytes = 10_000_000;
  const line = (n: number): LogRecord => ({
    type: 'line',
    name: 'a',
    host: 'h',
    at: at(n),
    stream: 'stdout',
    text: `${n}`,
  });
  outbox.add(line(2));
  outbox.add(line(1));
  const run = outbox.run(async ({ records }) => {
    sent.push(...records.map((one) => (one.type === 'line' ? Number(one.text) : 0)));
    return { isTaken: true, waitingBytes };
  }, over.signal);
  await until('the first are sent', () => sent.length === 2);
  outbox.add(line(3));
  expect(sent).toEqual([1, 2]);
  waitingBytes = 0;
  await until('the rest is sent', () => sent.length === 3);
  over.abort();
  expect(await run).toBe(false);
});
