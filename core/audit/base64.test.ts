import { expect, test } from 'vitest';
import { base64UrlOf, bytesOfBase64, bytesOfBase64Url, bytesOfSentBase64 } from './base64.ts';

test('bytes of any length come back from base64url, which needs no escape in an address', () => {
  for (let length = 0; length < 9; length += 1) {
    const bytes = Uint8Array.from({ length }, (_, at) => 255 - at * 5);
    const text = base64UrlOf(bytes);
    expect(text).toBe(Buffer.from(bytes).toString('base64url'));
    expect(bytesOfBase64Url(text)).toEqual(bytes);
  }
});

test('what is no base64url is told, standard base64 among it', () => {
  for (const text of ['a', 'ab+/', 'ab==', 'a b', 'ä']) expect(bytesOfBase64Url(text)).toBeNull();
});

test('without padding or with spaces it is base64 only where others wrote it', () => {
  const bytes = new TextEncoder().encode('flotilla');
  for (const text of ['ZmxvdGlsbGE', 'Zmxv dGls bGE=']) {
    expect(bytesOfBase64(text)).toBeNull();
    expect(bytesOfSentBase64(text)).toEqual(bytes);
  }
  expect(bytesOfSentBase64('no base64!')).toBeNull();
});
