import { expect, test } from 'vitest';
import { demux, Demuxer, type Frame } from './demux.ts';

const frame = (source: number, text: string): Buffer => {
  const header = Buffer.alloc(8);
  header.writeUInt8(source, 0);
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
};
const wholeOf = async (chunks: Buffer[]): Promise<Record<Frame['from'], string>> => {
  const text = { stdin: '', stdout: '', stderr: '', engine: '' };
  async function* source(): AsyncGenerator<Buffer> {
    yield* chunks;
  }
  for await (const { from, data } of demux(source())) text[from] += data.toString('utf8');
  return text;
};

const stream = Buffer.concat([
  frame(1, 'out one\n'),
  frame(2, 'err\n'),
  frame(1, ''),
  frame(1, 'out two\n'),
  frame(0, 'in'),
  frame(3, 'Error grabbing logs'),
]);
const expected = { stdout: 'out one\nout two\n', stderr: 'err\n', stdin: 'in', engine: 'Error grabbing logs' };

test('frames are taken apart however the stream is cut', async () => {
  expect(await wholeOf([stream])).toEqual(expected);
  for (let size = 1; size <= stream.length; size += 1) {
    const chunks = Array.from({ length: Math.ceil(stream.length / size) }, (_, index) =>
      stream.subarray(index * size, (index + 1) * size),
    );
    expect(await wholeOf(chunks)).toEqual(expected);
  }
});

test('data is handed on before its frame is complete', () => {
  const demuxer = new Demuxer();
  expect(demuxer.push(frame(1, 'long line').subarray(0, 12)).map(({ data }) => data.toString())).toEqual(['long']);
});

test('which piece is the last of its frame is told', () => {
  const demuxer = new Demuxer();
  const told = [frame(1, 'long line').subarray(0, 12), Buffer.from(' line'), frame(2, 'x')].flatMap((chunk) =>
    demuxer.push(chunk).map(({ isLast }) => isLast),
  );
  expect(told).toEqual([false, true, true]);
});

test('a stream that ends in the middle is broken off, not complete', async () => {
  await expect(wholeOf([stream.subarray(0, stream.length - 1)])).rejects.toThrow('in the middle of a frame');
  await expect(wholeOf([stream.subarray(0, 3)])).rejects.toThrow('in the middle of a frame');
});

test('something else than a multiplexed stream is noticed', async () => {
  await expect(wholeOf([Buffer.from('HTTP/1.1 200 OK')])).rejects.toThrow('not a multiplexed stream');
  await expect(wholeOf([frame(4, 'x')])).rejects.toThrow('not a multiplexed stream');
  await expect(wholeOf([Buffer.from([1, 0, 0, 1, 0, 0, 0, 1, 65])])).rejects.toThrow('not a multiplexed stream');
});
