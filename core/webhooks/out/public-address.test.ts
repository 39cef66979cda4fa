import { expect, it } from 'vitest';
import { whyNotPublic } from './public-address.ts';

it.each([
  'https://10.0.0.1/x',
  'https://localhost:8443/',
  'https://a.localhost/',
  'https://[::1]/',
  'https://[fd00::1]/',
  'https://192.0.2.1/',
  'https://198.18.0.1/',
  'https://224.0.0.1/',
  'https://[2001:db8::1]/',
  'https://[::ffff:127.0.0.1]/',
])('%s is seen to be private as it is written', (url) => {
  expect(whyNotPublic(new URL(url))).toContain('not a public address');
});

it.each([
  'https://0x7f.1/',
  'https://2130706433/',
  'https://172.16.3.4/',
  'https://169.254.169.254/',
  'https://100.64.0.1',
])('and %s however it is written', (url) => {
  expect(whyNotPublic(new URL(url))).toContain('not a public address');
});

it.each(['https://hooks.example/x', 'https://10.example/', 'https://172.32.0.1/', 'https://[2606:4700::1]/'])(
  '%s may be public',
  (url) => {
    expect(whyNotPublic(new URL(url))).toBeNull();
  },
);

it('what is not https is never public', () => {
  expect(whyNotPublic(new URL('http://hooks.example/'))).toBe('is not reached by https');
});
