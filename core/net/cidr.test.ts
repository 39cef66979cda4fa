import { describe, expect, test } from 'vitest';
import { contains, includesIp, networkOf, overlaps, parseCidr, parseIp, sizeOf } from './cidr.ts';

const net = (text: string) => {
  const parsed = parseCidr(text);
  if (parsed === undefined) throw new Error(`${text} is not a network`);
  return parsed;
};

describe('addresses', () => {
  test('of both families are numbers', () => {
    expect(parseIp('10.0.1.2')).toEqual({ family: 4, value: 0x0a000102n });
    expect(parseIp('::1')).toEqual({ family: 6, value: 1n });
    expect(parseIp('fd00::')).toEqual(parseIp('fd00:0:0:0:0:0:0:0'));
  });

  test.each([
    '',
    '10.0.0',
    '10.0.0.256',
    '010.0.0.1',
    '1.2.3.4.5',
    'x',
    ':::',
    '1::2::3',
    'fe80::1%eth0',
    '1:2:3:4:5:6:7:8:9',
    '10.0.0.1/8',
  ])('%j is none', (text) => {
    expect(parseIp(text)).toBeUndefined();
  });
});

describe('networks', () => {
  test.each(['10.0.0.1/8', '10.0.0.0/33', '10.0.0.0', '10.0.0.0/', '10.0.0.0/8/8', 'fd00::/129', '/8'])(
    '%j is none',
    (text) => {
      expect(parseCidr(text)).toBeUndefined();
    },
  );

  test('overlap when they share an address, within a family only', () => {
    expect(overlaps(net('10.0.0.0/8'), net('10.200.1.0/24'))).toBe(true);
    expect(overlaps(net('10.200.1.0/24'), net('10.0.0.0/8'))).toBe(true);
    expect(overlaps(net('10.200.1.0/24'), net('10.200.2.0/24'))).toBe(false);
    expect(overlaps(net('0.0.0.0/0'), net('::/0'))).toBe(false);
  });

  test('contain smaller ones and addresses', () => {
    expect(contains(net('10.0.0.0/8'), net('10.200.1.0/24'))).toBe(true);
    expect(contains(net('10.200.1.0/24'), net('10.0.0.0/8'))).toBe(false);
    expect(includesIp(net('10.200.1.0/24'), '10.200.1.255')).toBe(true);
    expect(includesIp(net('10.200.1.0/24'), '10.200.2.0')).toBe(false);
    expect(includesIp(net('10.200.1.0/24'), 'fd00::1')).toBe(false);
  });

  test('of an address, and their size', () => {
    expect(networkOf('10.79.0.7', 24)).toEqual(net('10.79.0.0/24'));
    expect(networkOf('fd00::7', 64)).toEqual(net('fd00::/64'));
    expect(networkOf('nowhere', 24)).toBeUndefined();
    expect(sizeOf(net('10.79.0.0/24'))).toBe(256n);
  });
});
