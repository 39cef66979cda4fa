import { type Field, fieldsOf } from '../edits/fields.ts';
import { isVerb } from '../edits.ts';
import type { Command, Intent } from './command.ts';
import { commandAt } from './commands.ts';
import { fillFields, type Filled } from './fill.ts';
import { type Parsed, refuse } from './parsed.ts';
import { splitReason } from './reason.ts';
import { saidElsewhere } from './said-elsewhere.ts';
import { suggestCommands } from './suggest.ts';
import { type Word, wordsOf } from './words.ts';

/** Longer texts are no commands. */
export const charactersMax = 2000;

/**
 * One line of text as an intent; pure, and the same through every door. `mayUse` says which commands the speaker may
 * use, so that nothing else is suggested to him. What a chat client did to the text is undone before (`fromChat`).
 */
export function parseCommand(text: string, mayUse: (command: Command) => boolean = () => true): Parsed {
  const line = text.trim();
  if (line === '') return refuse('empty', 'Nothing was said.', { suggestions: ['help'] });
  if (line.length > charactersMax)
    return refuse('too-long', `A command has at most ${charactersMax} characters; this has ${line.length}.`);
  // Control characters are in no name and no reason: they would only garble the answer.
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001F\u007F\uFFFD]/.test(line))
    return refuse('unreadable', 'The command holds characters that cannot be read.');
  const words = wordsOf(line);
  if (words === undefined) return refuse('open-quote', 'A quote is opened and not closed.');
  const found = commandAt(words.map((word) => word.text));
  if (found === undefined) return saidElsewhere(words.map(({ text }) => text)) ?? unknownCommand(words, mayUse);
  const rest = words.slice(found.length);
  const planned = found.command.name === 'plan' ? commandAt(rest.map((word) => word.text)) : undefined;
  if (planned !== undefined && isVerb(planned.command.name))
    return parseArgs(planned.command, rest.slice(planned.length), { line, dryRun: true });
  return parseArgs(found.command, rest, { line, dryRun: false });
}

function unknownCommand(words: readonly Word[], mayUse: (command: Command) => boolean): Parsed {
  const said = words
    .slice(0, 2)
    .map((word) => word.text)
    .join(' ');
  const suggestions = suggestCommands(said, mayUse);
  return refuse('unknown', `There is no command \`${said}\`.`, {
    suggestions: suggestions.length > 0 ? suggestions : ['help'],
  });
}

function parseArgs(
  command: Command,
  rest: readonly Word[],
  { line, dryRun }: { line: string; dryRun: boolean },
): Parsed {
  if (command.takesRest === true) return parseRest(command, rest, line);
  if (fieldsOf(command).some(({ kind }) => kind === 'file')) return takesFile(command);
  const { before, reason } = splitReason(rest, line);
  const force = before.some((word) => word.text === '!' && !word.quoted);
  const filled = fillFields(
    command,
    before.filter((word) => word.text !== '!' || word.quoted),
  );
  if (!filled.ok) return filled;
  const intent: Intent = {
    command: command.name,
    args: filled.args,
    cluster: filled.cluster,
    reason: reason ?? filled.reason,
    dryRun: dryRun || filled.dryRun,
    force: force || filled.force,
  };
  return checked(command, intent, filled);
}

/** A line of text has no place for it, so nothing of it is asked for either. */
const takesFile = ({ name, example }: Command): Parsed =>
  refuse(
    'unexpected',
    `\`${name}\` takes a file, which cannot be said in a line. In a terminal it is \`flotilla ${example}\`; over HTTP the file is part of the request.`,
  );

/** What follows is one text, such as a query, in which colons and quotes have their own meaning. */
function parseRest(command: Command, rest: readonly Word[], line: string): Parsed {
  const [field] = command.positional;
  const [first] = rest;
  const args = field === undefined || first === undefined ? {} : { [field]: line.slice(first.at).trim() };
  return {
    ok: true,
    intent: { command: command.name, args, cluster: null, reason: null, dryRun: false, force: false },
  };
}

/** Missing args are told apart: a door that can ask for them does. */
function checked(command: Command, intent: Intent, filled: Filled): Parsed {
  const missing = [
    ...fieldsOf(command).filter((field) => field.required && intent.args[field.name] === undefined),
    ...(command.asksWhy === true && intent.reason === null ? [why] : []),
  ];
  if (missing.length > 0)
    return refuse('missing', `\`${command.name}\` needs ${missing.map(({ name }) => name).join(' and ')}.`, {
      suggestions: [command.example],
      missing: { intent, fields: missing },
    });
  const parsed = command.args.safeParse(intent.args);
  if (parsed.success) return { ok: true, intent: withCluster(intent, filled) };
  const [issue] = parsed.error.issues;
  return refuse('invalid', `\`${command.name}\`: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}.`, {
    suggestions: [command.example],
  });
}

/** What stands after the colon, as a field that can be asked for. */
const why: Field = {
  name: 'reason',
  flag: '--reason',
  kind: 'text',
  choices: [],
  required: true,
  positional: false,
  alsoFlag: false,
  help: 'Why, for those who will read it',
  default: null,
};

/** `status prod` and `status in prod` are the same. */
function withCluster(intent: Intent, { cluster }: Filled): Intent {
  const { cluster: named, ...args } = intent.args;
  const isOwn = intent.command === 'cluster create';
  if (isOwn || typeof named !== 'string') return intent;
  return { ...intent, args, cluster: cluster ?? named };
}
