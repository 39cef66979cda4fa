import type { Command } from 'commander';
import { makeProgram } from '#cli/program.ts';

/** All commands as the command line has them, that do nothing. */
export const idleProgram = (): Promise<Command> =>
  makeProgram(() => async () => {}, { version: 'test', argv: ['service'] });

/** The flags in the words behind `flotilla` that their command has not. @throws Error where they name no command */
export function unknownFlags(program: Command, words: readonly string[]): string[] {
  const { command, rest } = named(program, words);
  if (command === program) throw new Error(`flotilla ${words.join(' ')} is no command`);
  const known = [...command.options, ...program.options].flatMap(({ long, short }) => [long, short]);
  const flags = rest.filter((word) => /^(?:--[a-z]|-[a-z]$)/.test(word));
  return flags.filter((flag) => !known.includes(flag));
}

function named(program: Command, words: readonly string[]): { command: Command; rest: readonly string[] } {
  let command = program;
  const rest = [...words];
  for (;;) {
    const next = command.commands.find((one) => [one.name(), ...one.aliases()].includes(rest[0] ?? ''));
    if (next === undefined) return { command, rest };
    command = next;
    rest.shift();
  }
}

/** Words as a shell takes them apart, for commands without escapes. */
export const wordsOf = (line: string): string[] =>
  (line.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll(/["']/g, ''));
