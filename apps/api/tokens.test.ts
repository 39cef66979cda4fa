import { describe, expect, test } from 'vitest';
import { holdsToken, makeToken, parseToken, withoutTokens } from './tokens.ts';

describe('a token', () => {
  test('says its public id and nothing else', () => {
    const { id, text } = makeToken();
    expect(text).toMatch(/^flt_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
    expect(parseToken(text)).toEqual({ id });
  });

  test('may say where it belongs', () => {
    const { id, text } = makeToken('prod');
    expect(text.startsWith(`flt_prod_${id}_`)).toBe(true);
    expect(parseToken(text)).toEqual({ id });
    expect(parseToken(text.replace('prod', 'test'))).toBeNull();
  });

  test('that was mistyped is refused without a look at the database', () => {
    const { text } = makeToken();
    for (const at of [5, 30, 60]) {
      const other = text.charAt(at) === 'a' ? 'b' : 'a';
      expect(parseToken(text.slice(0, at) + other + text.slice(at + 1))).toBeNull();
    }
    for (const wrong of ['', 'flt_', text.slice(1), `${text} `, `${text}a`, text.toUpperCase()]) {
      expect(parseToken(wrong)).toBeNull();
    }
  });

  test('is found in a text, with and without a place, and cut down to what may be shown', () => {
    for (const { id, text } of [makeToken(), makeToken('prod')]) {
      expect(holdsToken(`{"token":"${text}"}`)).toBe(true);
      expect(withoutTokens(`/v1/tokens/${text}/revoke`)).toBe(`/v1/tokens/${text.split(id)[0]}${id}_…/revoke`);
    }
    expect(holdsToken('flt_0123456789AB')).toBe(false);
  });

  test('has the checksum that CRC-32 gives', () => {
    // zlib.crc32 of what stands before it, in base62, computed elsewhere.
    const body = `flt_${'0'.repeat(12)}_${'0'.repeat(43)}`;
    expect(parseToken(`${body}_1rJ8RK`)).toEqual({ id: '0'.repeat(12) });
    expect(parseToken(`${body}_1rJ8RL`)).toBeNull();
  });

  test('is made anew each time', () => {
    expect(new Set(Array.from({ length: 200 }, () => makeToken().text)).size).toBe(200);
  });
});
