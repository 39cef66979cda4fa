import { expect, test } from 'vitest';
import { jsonLines } from './json-lines.ts';

async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test('values are read however the stream is cut, with and without a last line end', async () => {
  const text = '{"status":"Grüße"}\r\n\r\n{"id":"a"}\n{"error":"x"}';
  for (const size of [1, 2, 3, 7, 100]) {
    const values: unknown[] = [];
    for await (const value of jsonLines(pieces(text, size))) values.push(value);
    expect(values).toEqual([{ status: 'Grüße' }, { id: 'a' }, { error: 'x' }]);
  }
});
