import { describe, expect, test } from 'vitest';
import { canonical, isSameJson } from './canonical.ts';

describe('canonical JSON is RFC 8785', () => {
  test('the example of §3.2.2', () => {
    const value = {
      numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    expect(canonical(value)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  test('keys are in the order of UTF-16 code units (§3.2.3)', () => {
    const value = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      1: 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    const order = ['Carriage', 'One', 'Control', 'Latin', 'Euro', 'Emoji', 'Hebrew'];
    const text = canonical(value);
    expect(order.map((word) => text.indexOf(word))).toEqual(
      order.map((word) => text.indexOf(word)).sort((a, b) => a - b),
    );
    expect(text.startsWith(String.raw`{"\r":"Carriage Return","1":"One",`)).toBe(true);
  });

  test.each([
    [0, '0'],
    [-0, '0'],
    [5e-324, '5e-324'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
    [9007199254740992, '9007199254740992'],
    [295147905179352830000, '295147905179352830000'],
    [1e21, '1e+21'],
    [333333333.33333325, '333333333.33333325'],
  ])('the number %d is %s (appendix B)', (value, text) => {
    expect(canonical(value)).toBe(text);
  });

  test('what JSON leaves out is left out, and what it converts is converted', () => {
    const holes: unknown[] = [];
    holes.length = 2;
    expect(canonical({ b: undefined, a: [undefined, 1], holes, at: new Date(0) })).toBe(
      '{"a":[null,1],"at":"1970-01-01T00:00:00.000Z","holes":[null,null]}',
    );
  });

  test('a key called __proto__ is a key like any other', () => {
    expect(canonical(JSON.parse('{"b":1,"__proto__":{"x":1}}'))).toBe('{"__proto__":{"x":1},"b":1}');
  });

  test.each([
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [1n],
    [() => 1],
    [Symbol('s')],
    [undefined],
    ['\ud800'],
    [{ '\udc00': 1 }],
  ])('what has no JSON form is refused: %s', (value) => {
    expect(() => canonical(value)).toThrow(TypeError);
  });

  test('it is a fixed point: reading it back and writing it again gives the same text', () => {
    const text = canonical({ z: [1, { y: 'ü\u0000"', x: 1.5e-9 }], a: null });
    expect(canonical(JSON.parse(text))).toBe(text);
  });
});

test('two values are the same exactly when their texts are', () => {
  const values: unknown[] = [
    null,
    0,
    -0,
    '0',
    false,
    '',
    [],
    {},
    [1, 2],
    [2, 1],
    [1],
    { 0: 1 },
    { a: 1, b: [{ c: null }] },
    { b: [{ c: null }], a: 1, gone: undefined },
    { a: 1, b: [{ c: undefined }] },
    { a: 1, b: [{}] },
    { a: 1 },
    { a: 1, toString: 1 },
    JSON.parse('{"__proto__":{}}'),
    { b: {} },
    { b: 1 },
  ];
  for (const one of values) {
    for (const other of values) expect(isSameJson(one, other)).toBe(canonical(one) === canonical(other));
  }
});
