import { describe, expect, it } from 'vitest';
import { utf8 } from '../hmac.ts';
import { payloadOf } from './payload.ts';

const json = (text: string) => payloadOf('application/json', utf8(text));

describe('a body', () => {
  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON', 'application/cloudevents+json'])(
    'is read as %s',
    (type) => {
      expect(payloadOf(type, utf8('{"a":1}'))).toEqual({ ok: true, value: { a: 1 } });
    },
  );

  it.each([undefined, '', 'text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', 'text/json-not'])(
    'is not read as %s',
    (type) => {
      expect(payloadOf(type, utf8('{"a":1}'))).toMatchObject({ ok: false, kind: 'media-type' });
    },
  );

  it('has to be JSON in UTF-8', () => {
    expect(json('{')).toMatchObject({ ok: false, why: 'The body is not JSON' });
    const broken = payloadOf('application/json', Uint8Array.from([0x22, 0xc3, 0x28, 0x22]));
    expect(broken).toMatchObject({ ok: false, why: 'The body is not UTF-8' });
  });

  it('may not be nested without end; brackets in strings are no nesting', () => {
    expect(json(`${'['.repeat(64)}${']'.repeat(64)}`).ok).toBe(true);
    expect(json(`${'['.repeat(65)}${']'.repeat(65)}`)).toMatchObject({ ok: false });
    expect(json('{"a":'.repeat(500_000))).toMatchObject({ why: 'The body is nested deeper than 64' });
    expect(json(JSON.stringify({ a: `\\"${'{['.repeat(1000)}` })).ok).toBe(true);
    expect(json('[],'.repeat(0) + `[${'[],'.repeat(500)}[]]`).ok).toBe(true);
  });
});
