import { describe, expect, test } from 'vitest';
import { AppError } from './errors.ts';
import { isWebAddress, SettingsReader, type Environment } from './settings.ts';

const table = {
  NAME: { text: 'a name', example: 'x', flag: '--name' },
  COUNT: { text: 'how many', example: '3' },
  SECRET: { text: 'a secret', example: 's', isSecret: true },
} as const;

const files: Record<string, string> = { '/secret': 'from the file\nmore\n', '/empty': '\n' };
const readerOf = (env: Environment) =>
  new SettingsReader(env, (path) => {
    const text = files[path];
    if (text === undefined) throw new Error('ENOENT');
    return text;
  });

const issuesAfter = (reader: SettingsReader): string[] => {
  try {
    reader.check();
    return [];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return (error.issues ?? []).map(({ pointer, message }) => `${pointer} ${message}`);
  }
};

describe('settings', () => {
  test('are taken without spaces around them; empty ones are not set', () => {
    const reader = readerOf({ NAME: ' ada ', SECRET: '', COUNT: '7' });
    expect(reader.text(table, 'NAME')).toBe('ada');
    expect(reader.text(table, 'SECRET')).toBeUndefined();
    expect(reader.whole(table, 'COUNT', 1, 10)).toBe(7);
    expect(issuesAfter(reader)).toEqual([]);
  });

  test('that are secrets may lie in a file', () => {
    expect(readerOf({ SECRET_FILE: '/secret' }).text(table, 'SECRET')).toBe('from the file');
  });

  test('that are wrong are named all at once, each with what was expected', () => {
    const reader = readerOf({ COUNT: 'many', SECRET: 'a', SECRET_FILE: '/secret', NAME: 'x' });
    reader.whole(table, 'COUNT', 1, 10);
    reader.text(table, 'SECRET');
    reader.wrong(table, 'NAME', 'expected a longer one');
    expect(issuesAfter(reader)).toEqual([
      '/COUNT expected a whole number from 1 to 10',
      '/SECRET set here and in SECRET_FILE; keep one of them',
      '/NAME expected a longer one (or --name)',
    ]);
  });

  test.each([
    ['/none', 'cannot be read'],
    ['/empty', 'is empty'],
  ])('in the file %s: it %s', (file, why) => {
    const reader = readerOf({ SECRET_FILE: file });
    expect(reader.text(table, 'SECRET')).toBeUndefined();
    expect(issuesAfter(reader)).toEqual([`/SECRET_FILE ${file} ${why}`]);
  });
});

test('a web address has a scheme that is asked by HTTP', () => {
  const right = ['https://flotilla.example.com', 'http://127.0.0.1:7400/x'];
  const wrong = ['', 'flotilla.example.com', 'localhost:7400', 'unix:///run/x.sock', 'ftp://example.com'];
  expect([...right, ...wrong].filter(isWebAddress)).toEqual(right);
});
