import type { RequestListener, ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import type { LogRecord } from '#core/logs.ts';
import { engineThat } from '../testing/local-engine.ts';
import { readContainer } from './read-container.ts';

const source = { name: 'web.1', host: 'h1', task: 'k3j9xq', container: 'c1' };
const how = { tail: 100, since: null, bytesMax: 100_000 };
const at = '2026-11-28T11:34:00.000000001Z';

const state = { Status: 'exited', Running: false, ExitCode: 3, Error: '', FinishedAt: at };
const containerOf = (more: Record<string, unknown> = {}, log = 'json-file') => ({
  Id: 'c1',
  Name: '/web.1.k3j9xq',
  Image: 'sha256:1',
  Created: at,
  State: state,
  Config: { Image: 'busybox', Labels: {}, ...more },
  HostConfig: { LogConfig: { Type: log } },
});
const frame = (stream: number, text: string): Buffer => {
  const header = Buffer.alloc(8);
  header.writeUInt8(stream, 0);
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
};

/** An engine with this container, whose log is answered as told; `asked` are the queries of the log. */
function engineWith(container: object, logs: (response: ServerResponse, query: URLSearchParams) => void) {
  const asked: string[] = [];
  const answers: RequestListener = (request, response) => {
    const url = new URL(request.url ?? '', 'http://engine');
    if (!url.pathname.endsWith('/logs')) return void response.end(JSON.stringify(container));
    asked.push(url.search);
    logs(response, url.searchParams);
  };
  return { asked, answers };
}
const kinds = (records: readonly LogRecord[]): string[] => records.map(({ type }) => type);

test('lines come with their stream, then what the container is', async () => {
  const { asked, answers } = engineWith(containerOf(), (response) => {
    response.end(Buffer.concat([frame(1, `${at} out\n`), frame(2, `${at} err\n`)]));
  });
  await using engine = await engineThat(answers);
  const records = await readContainer(engine, source, { ...how, tail: 7, since: '2026-11-28T11:30:00.500Z' });
  expect(records).toEqual([
    { type: 'line', name: 'web.1', host: 'h1', at, stream: 'stdout', text: 'out' },
    { type: 'line', name: 'web.1', host: 'h1', at, stream: 'stderr', text: 'err' },
    expect.objectContaining({ type: 'source', task: 'k3j9xq', state: 'exited', exitCode: 3, lines: 2, cut: null }),
  ]);
  expect(asked).toEqual([
    expect.stringMatching(/stdout=true&stderr=true&timestamps=true&tail=7&since=1795865400\.500/),
  ]);
});

test('a program with a terminal has a stream without frames', async () => {
  const { answers } = engineWith(containerOf({ Tty: true }), (response) => response.end(`${at} tty\r\n`));
  await using engine = await engineThat(answers);
  expect(await readContainer(engine, source, how)).toMatchObject([{ text: 'tty' }, { type: 'source', lines: 1 }]);
});

test('one that has printed nothing is a source without lines, which is not the same as unseen', async () => {
  const { answers } = engineWith(containerOf(), (response) => response.end());
  await using engine = await engineThat(answers);
  expect(await readContainer(engine, source, how)).toMatchObject([{ type: 'source', lines: 0 }]);
});

test('a log driver that keeps nothing, and a container that is gone, are told by name', async () => {
  const { answers } = engineWith(containerOf({}, 'none'), (response) => {
    response.statusCode = 501;
    response.end('{"message":"configured logging driver does not support reading"}');
  });
  await using engine = await engineThat(answers);
  expect(await readContainer(engine, source, how)).toMatchObject([
    { type: 'unseen', reason: 'its log driver `none` keeps nothing that can be read' },
  ]);
  await using empty = await engineThat((_, response) => {
    response.statusCode = 404;
    response.end('{"message":"No such container: c1"}');
  });
  expect(await readContainer(empty, source, how)).toMatchObject([{ type: 'unseen', code: 'not_found' }]);
});

test('what came before a log broke off is shown, and that it did', async () => {
  const { answers } = engineWith(containerOf(), (response) => {
    response.write(frame(1, `${at} out\n`), () => response.destroy());
  });
  await using engine = await engineThat(answers);
  const records = await readContainer(engine, source, how);
  expect(kinds(records)).toEqual(['line', 'source', 'unseen']);
  expect(records.at(-1)).toMatchObject({ reason: expect.stringContaining('reading it broke off') });
});

test('what the engine cannot decode is told as such, and not as a line', async () => {
  const { answers } = engineWith(containerOf(), (response) => {
    response.end(Buffer.concat([frame(1, `${at} out\n`), frame(3, 'Error grabbing logs: unexpected EOF\n')]));
  });
  await using engine = await engineThat(answers);
  const records = await readContainer(engine, source, how);
  expect(kinds(records)).toEqual(['line', 'source', 'unseen']);
  expect(records.at(-1)).toMatchObject({ reason: expect.stringContaining('unexpected EOF') });
});

test('a program that prints without end is asked once more, for as many lines as fit', async () => {
  const line = frame(1, `${at} ${'x'.repeat(10_000)}\n`);
  const { asked, answers } = engineWith(containerOf(), (response, query) => {
    const lines = Math.min(Number(query.get('tail')), 5000);
    for (let n = 0; n < lines; n += 1) response.write(line);
    response.end();
  });
  await using engine = await engineThat(answers);
  const records = await readContainer(engine, source, { ...how, tail: 10_000 });
  expect(asked.map((one) => new URLSearchParams(one).get('tail'))).toEqual(['10000', '9']);
  expect(records.at(-1)).toMatchObject({ type: 'source', lines: 9, cut: 'bytes' });
});

test('since a time all is wanted: as many lines as were asked for are perhaps not all', async () => {
  const { answers } = engineWith(containerOf(), (response) => response.end(frame(1, `${at} out\n`)));
  await using engine = await engineThat(answers);
  expect(await readContainer(engine, source, { ...how, tail: 1, since: at })).toMatchObject([{}, { cut: 'lines' }]);
  expect(await readContainer(engine, source, { ...how, tail: 1 })).toMatchObject([{}, { cut: null }]);
});
