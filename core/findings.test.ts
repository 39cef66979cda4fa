import { expect, test } from 'vitest';
import { explained } from './findings.ts';
import { finding } from './testing/reports.ts';

const of = (id: string, fields: Parameters<typeof finding>[0] = {}) => finding({ id, ...fields });
const shape = (...findings: ReturnType<typeof of>[]) =>
  explained(findings).map(({ finding: head, consequences }) => [head.id, ...consequences.map(({ id }) => id)]);

test('errors come before warnings before notes, known causes before symptoms', () => {
  expect(
    shape(
      of('note', { severity: 'note' }),
      of('warning', { severity: 'warning' }),
      of('symptom', { symptom: true }),
      of('cause'),
    ),
  ).toEqual([['cause'], ['symptom'], ['warning'], ['note']]);
});

test('consequences stand below what explains them in the end', () => {
  expect(shape(of('c', { consequenceOf: 'b' }), of('b', { consequenceOf: 'a' }), of('a'))).toEqual([['a', 'c', 'b']]);
});

test('of two findings of one id, the one at the same host explains it', () => {
  const both = explained([
    of('a', { hosts: ['h1'] }),
    of('a', { hosts: ['h2'] }),
    of('b', { hosts: ['h2'], consequenceOf: 'a' }),
  ]);
  expect(both.map(({ finding: { hosts }, consequences }) => [hosts[0], consequences.length])).toEqual([
    ['h1', 0],
    ['h2', 1],
  ]);
});

test('nothing is lost: a reason that is not there, and two that explain each other', () => {
  expect(shape(of('a', { consequenceOf: 'gone' }))).toEqual([['a']]);
  expect(
    shape(of('a', { consequenceOf: 'b' }), of('b', { consequenceOf: 'a' }))
      .flat()
      .toSorted(),
  ).toEqual(['a', 'b']);
});
