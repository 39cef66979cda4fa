import { expect, test } from 'vitest';
import { parseAddress } from './address.ts';

test('user, address and port are taken apart, IPv6 with and without brackets', () => {
  expect(parseAddress('h1.example')).toEqual({ address: 'h1.example' });
  expect(parseAddress('root@10.0.0.11:2222')).toEqual({ address: '10.0.0.11', user: 'root', port: 2222 });
  expect(parseAddress('2001:db8::1')).toEqual({ address: '2001:db8::1' });
  expect(parseAddress('me@2001:db8::1')).toEqual({ address: '2001:db8::1', user: 'me' });
  expect(parseAddress('me@[2001:db8::1]:22')).toEqual({ address: '2001:db8::1', user: 'me', port: 22 });
});

test('what is no address is refused with an example', () => {
  for (const text of ['', 'root@', 'h1:70000', 'h1:ssh', 'two words'])
    expect(() => parseAddress(text)).toThrow(/is not an address/);
});
