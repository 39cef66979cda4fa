import { globSync, readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { idleProgram, unknownFlags, wordsOf } from './named-commands.ts';

/* What people copy from a page: every command is one of ours, with the flags that it has. */

const root = new URL('../../', import.meta.url).pathname;
const pages = globSync(['README.md', 'docs/**/*.md'], { cwd: root });

/** The words behind `flotilla` in lines of a shell, and in code between backticks. */
function commandsIn(page: string): string[][] {
  const blocks = [...page.matchAll(/```sh\n([^]*?)```/g)].map(([, code = '']) => code.replaceAll('\\\n', ' '));
  const inLines = blocks.flatMap((code) => [...code.matchAll(/(?:^|[;&|(] *)flotilla +([a-z][^|>#;&\n]*)/gm)]);
  const inText = [...page.replaceAll(/```[^]*?```/g, '').matchAll(/`flotilla\s+([^`]+)`/g)];
  return [...inLines, ...inText].map(([, words = '']) => wordsOf(words.split(/ [|>] /)[0] ?? ''));
}

let program: Awaited<ReturnType<typeof idleProgram>>;
beforeAll(async () => {
  program = await idleProgram();
});

test.each(pages)('%s has commands of ours only, with flags that they have', (name) => {
  const wrong = commandsIn(readFileSync(root + name, 'utf8')).flatMap((words) =>
    unknownFlags(program, words).map((flag) => `flotilla ${words.join(' ')}: ${flag}`),
  );
  expect(wrong).toEqual([]);
});
