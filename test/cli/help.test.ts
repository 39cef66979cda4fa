import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { otherVerbs, otherWords } from '#cli/usage/suggest.ts';
import { idleProgram, unknownFlags } from './named-commands.ts';

interface Named {
  path: string;
  command: Command;
}

const below = (command: Command, before: readonly string[] = []): Named[] =>
  command.commands.flatMap((one) => {
    const path = [...before, one.name()];
    return [{ path: path.join(' '), command: one }, ...below(one, path)];
  });

const withLast = (path: string, word: string): string => [...path.split(' ').slice(0, -1), word].join(' ');

const program = await idleProgram();
const all = below(program);

describe('the help', () => {
  test('says of every command what it does', () => {
    expect(all.filter(({ command }) => command.description() === '').map(({ path }) => path)).toEqual([]);
  });

  test('says of every flag what it means, and what it takes where that is one of some words', () => {
    const silent = all.flatMap(({ path, command }) =>
      command.options
        .filter(({ flags, description, hidden, argChoices = [] }) => {
          if (hidden) return false;
          const told = `${flags} ${description}`;
          return description === '' || argChoices.some((choice) => !told.includes(choice));
        })
        .map(({ flags }) => `${path} ${flags}`),
    );
    expect(silent).toEqual([]);
  });
});

describe('words of other tools', () => {
  const known = all.flatMap(({ path, command }) => [path, ...command.aliases().map((alias) => withLast(path, alias))]);

  test('lead to commands that there are, and are none themselves', () => {
    const said = [...Object.keys(otherWords), ...Object.keys(otherVerbs)];
    expect(said.filter((words) => known.includes(words))).toEqual([]);
    const meant = [...Object.values(otherWords).flat(), ...Object.values(otherVerbs)];
    for (const words of meant) expect(unknownFlags(program, words.split(' '))).toEqual([]);
  });
});
