import { expect, test } from 'vitest';
import { hmac, isHmac, utf8 } from '#core/hmac.ts';
import { hmacSha256, sha256 } from './sha256-node.ts';
import { sha256 as sha256Web } from './sha256-web.ts';

const [secret, signed] = [utf8('a secret'), utf8('what was said')];

test('both ways to hash and to sign give the same', async () => {
  expect(sha256('täxt')).toBe(await sha256Web('täxt'));
  expect(sha256(utf8('täxt'))).toBe(await sha256Web('täxt'));
  for (const key of [secret, utf8('k'.repeat(64)), utf8('k'.repeat(65)), utf8('k'.repeat(200))]) {
    expect(new Uint8Array(hmacSha256(key, signed))).toEqual(await hmac(key, signed));
  }
});

test.each([
  ['by node:crypto', hmacSha256],
  ['by WebCrypto', hmac],
])('a signature is checked whole, %s', async (_how, by) => {
  const mac = await hmac(secret, signed);
  expect(await isHmac(secret, signed, mac, by)).toBe(true);
  for (const at of [0, 15, 31]) {
    const changed = Uint8Array.from(mac, (byte, index) => (index === at ? byte ^ 1 : byte));
    expect(await isHmac(secret, signed, changed, by)).toBe(false);
  }
  expect(await isHmac(secret, signed, mac.slice(0, 31), by), 'cut short').toBe(false);
  expect(await isHmac(secret, signed, new Uint8Array([...mac, 0]), by), 'longer').toBe(false);
  expect(await isHmac(secret, signed, new Uint8Array(), by), 'none').toBe(false);
  expect(await isHmac(utf8(''), signed, await hmac(utf8('x'), signed), by), 'an empty secret').toBe(false);
});
