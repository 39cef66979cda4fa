import { expect, test } from 'vitest';
import { sseMessages, type SseMessage } from './sse.ts';

async function read(...chunks: string[]): Promise<SseMessage[]> {
  const bytes = chunks.map((chunk) => new TextEncoder().encode(chunk));
  const messages: SseMessage[] = [];
  for await (const message of sseMessages(ReadableStream.from(bytes))) messages.push(message);
  return messages;
}

test('messages come whole, wherever the network cut them', async () => {
  expect(await read('id: 1\nda', 'ta: {"a":', '1}\n\nid: 2\nevent: x\ndata: y\n\n')).toEqual([
    { id: '1', event: 'message', data: '{"a":1}' },
    { id: '2', event: 'x', data: 'y' },
  ]);
});

test('keep-alives say nothing, several data lines are one text, and any line ending will do', async () => {
  expect(await read(': ping\n\ndata: a\r\ndata: b\r\n\r\n')).toEqual([
    { id: undefined, event: 'message', data: 'a\nb' },
  ]);
});

test('a message that was cut off at the end is dropped', async () => {
  expect(await read('data: a\n\ndata: hal')).toHaveLength(1);
});
