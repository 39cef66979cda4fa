import { expect, test } from 'vitest';
import { nameList } from './name-list.ts';

const hosts = (count: number): string[] => Array.from({ length: count }, (_, at) => `h${at + 1}`);

test('a few names are all said', () => {
  expect(nameList([])).toBe('');
  expect(nameList(hosts(8))).toBe('h1, h2, h3, h4, h5, h6, h7, h8');
});

test('of many the first ones are said, and how many more there are', () => {
  expect(nameList(hosts(9))).toBe('h1, h2, h3, h4, h5, h6 and 3 more');
  expect(nameList(hosts(200))).toBe('h1, h2, h3, h4, h5, h6 and 194 more');
});
