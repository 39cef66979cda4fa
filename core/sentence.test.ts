import { expect, test } from 'vitest';
import { withoutStop, withStop } from './sentence.ts';

test.each(['no route to host', 'no route to host.'])('%j ends with one full stop, or with none', (text) => {
  expect(withStop(text)).toBe('no route to host.');
  expect(withoutStop(text)).toBe('no route to host');
});
