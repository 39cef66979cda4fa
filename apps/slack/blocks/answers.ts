import type { KnownBlock } from '@slack/types';
import type { Command } from '#core/command/command.ts';
import { commands as allCommands } from '#core/command/commands.ts';
import { parseCommand } from '#core/command/parse.ts';
import { isVerb } from '#core/edits.ts';
import { fieldsOf } from '#core/edits/fields.ts';
import type { CommandProblem } from '#core/command/parsed.ts';
import { code, context, type Message, message, plain, preformatted, readable, section } from './text.ts';
import { withStop } from '#core/sentence.ts';

/** Why a line was not understood, and what could be said. */
export const problemMessage = ({ message: why, suggestions }: CommandProblem): Message =>
  message(why, [
    section(`:grey_question: ${plain(why)}`),
    ...(suggestions.length === 0
      ? []
      : [section(`Try: ${suggestions.map((one) => code(`/swarm ${one}`)).join(' or ')}`)]),
  ]);

export interface Refused {
  message: string;
  done?: string | undefined;
  next?: string | undefined;
}

/** An expected refusal: what happened, what was not done, what to do next. */
export const refusalMessage = ({ message: why, done, next }: Refused): Message =>
  message(`${withStop(why)} ${done ?? ''}`, [
    section(`:no_entry: ${readable(withStop(why))}${done === undefined ? '' : ` ${plain(done)}`}`),
    ...(next === undefined ? [] : [context(`Next: ${readable(inSlack(next))}`)]),
  ]);

/** What can be typed here is told as it is typed here; the rest is for a terminal. */
const inSlack = (text: string): string =>
  text.replace(/`flotilla ([^`]+)`/g, (whole, said: string) => (parseCommand(said).ok ? `\`/swarm ${said}\`` : whole));

/** All commands that the asker may use, or one of them. */
export function helpMessage(commands: readonly Pick<Command, 'name' | 'summary' | 'example'>[]): Message {
  if (commands.length === 1) {
    const [one] = commands;
    if (one !== undefined)
      return message(one.summary, [
        section(`*${plain(one.name)}*: ${plain(one.summary)}`),
        section(code(`/swarm ${one.example}`)),
        ...fieldBlocks(one.name),
      ]);
  }
  const width = Math.max(...commands.map(({ name }) => name.length));
  const groups = helpGroups.flatMap(([title, isOne]) => {
    const lines = commands
      .filter(({ name }) => isOne(name))
      .map(({ name, summary }) => `${name.padEnd(width)}  ${summary}`);
    return lines.length === 0 ? [] : [section(`*${title}*\n${preformatted(lines)}`)];
  });
  return message('What can be said', [
    section('*What can be said* after `/swarm`; `help` and a command says more.'),
    ...groups,
    context('`in prod` names the cluster · `plan …` shows what would happen · `: reason` at the end is kept on record'),
  ]);
}

/** What a command takes; what must be given is asked for in a form where it is left out. */
function fieldBlocks(name: string): KnownBlock[] {
  const command = allCommands.get(name);
  const fields = command === undefined ? [] : fieldsOf(command);
  const shown = fields.map(({ name: field, flag, positional, required, help }) => [
    `${positional ? field.toUpperCase() : flag}${required ? '' : ' (optional)'}`,
    help,
  ]);
  const width = Math.max(0, ...shown.map(([said = '']) => said.length));
  return shown.length === 0
    ? []
    : [section(preformatted(shown.map(([said = '', help = '']) => `${said.padEnd(width)}  ${help}`.trimEnd())))];
}

const changes = (name: string): boolean => allCommands.get(name)?.changes === true;
const helpGroups: readonly (readonly [title: string, isOne: (name: string) => boolean])[] = [
  ['Ask', (name) => !changes(name)],
  ['Run, agree, keep others out', (name) => changes(name) && !isVerb(name)],
  ['Change what a cluster is', (name) => changes(name) && isVerb(name)],
];

/** A small table, as fixed-width text. */
export function tableMessage(title: string, columns: readonly string[], rows: readonly (readonly string[])[]): Message {
  if (rows.length === 0) return message(`${title}: none`, [section(`${plain(title)}: none`)]);
  const widths = columns.map((column, at) =>
    Math.min(40, Math.max(column.length, ...rows.map((row) => row[at]?.length ?? 0))),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => (cell.length > 40 ? `${cell.slice(0, 39)}…` : cell).padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  return message(title, [section(`*${plain(title)}*`), section(preformatted([line(columns), ...rows.map(line)]))]);
}
