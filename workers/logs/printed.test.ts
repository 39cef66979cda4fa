import { expect, test } from 'vitest';
import { demux } from '../docker/demux.ts';
import { Printed } from './printed.ts';

const at = (second: number): string => `2026-11-28T11:34:0${second}.000000001Z`;
const frame = (source: number, text: string): Buffer => {
  const header = Buffer.alloc(8);
  header.writeUInt8(source, 0);
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
};
async function printed(frames: Buffer[], { size = 7, bytesMax = 100_000 } = {}): Promise<Printed> {
  const whole = Buffer.concat(frames);
  async function* source(): AsyncGenerator<Buffer> {
    for (let from = 0; from < whole.length; from += size) yield whole.subarray(from, from + size);
  }
  const seen = new Printed(bytesMax);
  for await (const one of demux(source())) seen.add(one);
  seen.end();
  return seen;
}

test('lines are told with their time and stream, however the stream is cut', async () => {
  for (const size of [1, 7, 1000]) {
    const { lines } = await printed([frame(1, `${at(1)} out\n`), frame(2, `${at(2)} err: x\n`)], { size });
    expect(lines).toEqual([
      { at: at(1), stream: 'stdout', text: 'out', leftOut: 0 },
      { at: at(2), stream: 'stderr', text: 'err: x', leftOut: 0 },
    ]);
  }
});

test('a long line that the engine cut into pieces is one line again, also with another stream in between', async () => {
  const frames = [frame(1, `${at(1)} aaa`), frame(2, `${at(1)} err\n`), frame(1, `${at(2)} bbb\n`)];
  expect((await printed(frames)).lines.map(({ text }) => text)).toEqual(['err', 'aaabbb']);
});

test('what did not end with a line break is a line, and an empty line is one', async () => {
  const { lines } = await printed([frame(1, `${at(1)} \n`), frame(1, `${at(2)} last`)]);
  expect(lines.map(({ text }) => text)).toEqual(['', 'last']);
});

test('the newest lines are kept when there are too many, and it is known that some gave way', async () => {
  const frames = Array.from({ length: 5000 }, (_, n) => frame(1, `${at(1)} line ${n}\n`));
  const seen = await printed(frames, { size: 4096, bytesMax: 800 });
  expect(seen.isCut).toBe(true);
  expect(seen.lines.at(-1)?.text).toBe('line 4999');
  expect(seen.lines.length).toBeLessThan(12);
});

test('a line without end takes no more than its share, and says how much is missing', async () => {
  const pieces = Array.from({ length: 100 }, () => frame(1, `${at(1)} ${'a'.repeat(16_384)}`));
  const { lines } = await printed([...pieces, frame(1, `${at(2)} \n`), frame(1, `${at(3)} next\n`)], { size: 9999 });
  expect(lines.map(({ text, leftOut }) => [text.length, leftOut])).toEqual([
    [65_536, 100 * 16_384 + 1 - 65_536],
    [4, 0],
  ]);
});

test('what the engine says in between is no line of the program', async () => {
  const seen = await printed([frame(1, `${at(1)} out\n`), frame(3, 'Error grabbing logs: invalid character\n')]);
  expect(seen.lines).toHaveLength(1);
  expect(seen.faults).toEqual(['Error grabbing logs: invalid character']);
});

test('a program with a terminal prints without frames', () => {
  const seen = new Printed(1000);
  for (const byte of Buffer.from(`${at(1)} tty\r\n${at(2)} tty2\r\n${at(3)} $ `)) seen.addRaw(Buffer.from([byte]));
  seen.end();
  expect(seen.lines.map(({ at: when, text }) => [when, text])).toEqual([
    [at(1), 'tty'],
    [at(2), 'tty2'],
    [at(3), '$ '],
  ]);
});
