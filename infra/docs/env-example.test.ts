import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { envExample } from './env-example.ts';

test('.env.example is what the code reads (`npm run docs` writes it)', async () => {
  expect(await readFile(join(import.meta.dirname, '../../.env.example'), 'utf8')).toBe(envExample());
});

test('every line is a comment, so that a copy of it sets nothing', () => {
  expect(
    envExample()
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#')),
  ).toEqual([]);
  expect(envExample()).toContain('\n#FLOTILLA_DATA=/var/lib/flotilla\n');
  expect(envExample().replaceAll('\n# ', ' ')).toContain('A secret: better in a file that REDIS_URL_FILE names.');
});
