import { expect, test } from 'vitest';
import { parseSpec } from '../spec/parse.ts';
import { asideName, asideOf } from './aside-names.ts';

test('a name tells whose place it is, and as what it stands aside', () => {
  expect(asideOf(asideName('web.a', 'old'))).toEqual({ container: 'web.a', aside: 'old' });
  expect(asideOf('web.flotilla-other')).toBeNull();
});

test('a spec has no container of such a name', () => {
  const containers = { 'web.flotilla-old': { image: 'x', host: 'h1' } };
  expect(parseSpec({ cluster: 'demo', nodes: { h1: { role: 'manager' } }, containers })).toEqual({
    ok: false,
    issues: [
      {
        pointer: '/containers/web.flotilla-old',
        message: 'has a name that Flotilla gives to a container while another one takes its place',
      },
    ],
  });
});
