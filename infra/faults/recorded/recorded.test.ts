import { expect, test } from 'vitest';
import { textOf, judge } from '../judge.ts';
import { recordedCases } from './index.ts';

test.each(recordedCases.map((one) => [one.name, one] as const))('%s is named', (_, { report, expected }) => {
  expect(judge(report(), expected)).toEqual({ ok: true, named: textOf(expected) });
});
