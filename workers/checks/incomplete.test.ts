import { expect, test } from 'vitest';
import { findingOf } from '#core/causes/finding-of.ts';
import { checkOf } from '#core/testing/symptoms.ts';
import { incompleteSentence } from './incomplete.ts';

const passed = checkOf('ping', 'h1', 'h2', { result: 'ok', detail: '' });
const lost = checkOf('ping', 'h1', 'h3', { result: 'unknown', detail: 'no echo from 10.79.0.3' });
const unseen = checkOf('engine', 'h3', null, { result: 'unknown', detail: 'h3 did not answer within 8 s.' });

test('the cause, what is known, and what is not are told in one line', () => {
  const cause = findingOf('host-cut-off', { message: 'h3 is not on the network: nobody reaches it.', hosts: ['h3'] });
  expect(incompleteSentence([passed, lost, unseen], cause)).toBe(
    'h3 is not on the network: nobody reaches it. 1 of 3 checks passed and none failed; 2 could not be made, and nothing is known of h3.',
  );
});

test('without a cause the first reason stands for it', () => {
  expect(incompleteSentence([passed, lost])).toBe(
    '1 of 2 checks passed and none failed; 1 could not be made: no echo from 10.79.0.3.',
  );
});
