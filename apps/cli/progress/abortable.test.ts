import { expect, test } from 'vitest';
import { abortable } from './abortable.ts';

const bytes = new TextEncoder().encode('one');

test('a body that says nothing more breaks off with the signal, and its source is told', async () => {
  let isCancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(bytes),
    cancel: () => void (isCancelled = true),
  });
  const left = new AbortController();
  const reader = abortable(body, left.signal).getReader();
  expect(await reader.read()).toEqual({ done: false, value: bytes });
  const next = reader.read();
  left.abort(new Error('left'));
  await expect(next).rejects.toThrow('left');
  expect(isCancelled).toBe(true);
});

test('one that ends, ends', async () => {
  const body = ReadableStream.from([bytes]);
  expect(await new Response(abortable(body, new AbortController().signal)).text()).toBe('one');
});
