import { expect, test } from 'vitest';
import { shellWords } from './shell-words.ts';

test.each<[string, string[] | undefined]>([
  ['npm run  start', ['npm', 'run', 'start']],
  ['', []],
  [' \n ', []],
  [`sh -c "echo hello; sleep 1"`, ['sh', '-c', 'echo hello; sleep 1']],
  [`sh -c 'echo "$HOME"'`, ['sh', '-c', 'echo "$HOME"']],
  [`--flag="a b"c`, ['--flag=a bc']],
  [`'' ""`, ['', '']],
  [String.raw`a\ b "c\"d" "e\f" 'g\h'`, ['a b', 'c"d', String.raw`e\f`, String.raw`g\h`]],
  [`it's`, undefined],
  [`sh -c "echo`, undefined],
])('%s', (text, words) => {
  expect(shellWords(text)).toEqual(words);
});
