import { expect, test } from 'vitest';
import { envIn } from './env-file.ts';

test('lines of name and value are read, with quotes, comments and `export`', () => {
  expect(envIn('# own\nA=1\nexport B="x\ny"\n\nC = \'q # z\' # c\nEMPTY=\nURL=postgres://u:p@h/db?x=1\n')).toEqual({
    A: '1',
    B: 'x\ny',
    C: 'q # z',
    EMPTY: '',
    URL: 'postgres://u:p@h/db?x=1',
  });
  expect(envIn('')).toEqual({});
});

test('a line that is no variable is not passed over', () => {
  for (const text of ['A=1\nB\nC=2\n', 'A: 1\n', 'A=1\nB', 'two words=1\n']) expect(envIn(text)).toBeUndefined();
});
