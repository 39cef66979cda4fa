import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { idleProgram } from './named-commands.ts';

interface Named {
  path: string;
  command: Command;
}

const below = (command: Command, before: readonly string[] = []): Named[] =>
  command.commands.flatMap((one) => {
    const path = [...before, one.name()];
    return [{ path: path.join(' '), command: one }, ...below(one, path)];
  });

const all = below(await idleProgram());

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
