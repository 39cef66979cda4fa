import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { roles } from '#core/actor.ts';
import { operationKinds, operationStates } from '#core/operation.ts';
import { deliveryStates, sourceKinds } from '#core/webhooks/contract.ts';
import { outEventTypes, outMessageStates } from '#core/webhooks/out/contract.ts';
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

describe('what is spelled out in the help, so that it need not load the contracts,', () => {
  test.each<[command: string, flag: string, of: readonly string[]]>([
    ['ops ls', '--state', operationStates],
    ['ops ls', '--kind', operationKinds],
    ['person add', '--role', roles.filter((role) => role !== 'worker')],
    ['webhooks add', '--kind', sourceKinds],
    ['webhooks deliveries', '--state', deliveryStates],
    ['webhooks tell', '--event', outEventTypes],
    ['webhooks messages', '--state', outMessageStates],
  ])('is all that there is: %s %s', (command, flag, words) => {
    const found = all.find(({ path }) => path === command)?.command.options.find(({ long }) => long === flag);
    expect(found?.argChoices).toEqual(words);
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
