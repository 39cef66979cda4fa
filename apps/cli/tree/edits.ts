import { Argument, type Command, Option } from 'commander';
import { isVerb, verbs, type VerbName } from '#core/edits.ts';
import { fieldsOf, type Field } from '#core/edits/fields.ts';
import type { Verb } from '#core/edits/verb.ts';
import { editsOf } from '#cli/commands/edit.ts';
import type { Lazy } from '#cli/lazy.ts';
import { nounOf } from './nouns.ts';
import { collect, wholeFrom0 } from '#cli/usage/parsers.ts';
import { envFileOption } from './env-file.ts';

/* The verbs of core/edits.ts as commands: flags and positions come from the table, so that every door has the same. */

/** Short flags that Docker's own command line has taught people. */
const shortFlags: Record<string, string> = { publish: '-p', env: '-e', label: '-l' };

export function addEditCommands(program: Command, lazy: Lazy): void {
  for (const [name, verb] of Object.entries(verbs)) if (isVerb(name)) addVerb(program, lazy, name, verb);
}

function addVerb(program: Command, lazy: Lazy, name: VerbName, verb: Verb): void {
  const noun = nounOf(program, verb.noun);
  const command = verb.action === '' ? noun : noun.command(verb.action).description(lowerFirst(verb.summary));
  if (verb.action === 'rm') command.alias('remove');
  const fields = fieldsOf(verb);
  for (const field of fields) {
    if (field.positional) command.addArgument(argumentOf(field));
    if (!field.positional || field.alsoFlag) command.addOption(optionOf(field));
  }
  if (verb.namesCluster !== true) command.option('-c, --cluster <name>', 'default: the only one');
  if (fields.some(({ kind }) => kind === 'file')) command.addOption(envFileOption());
  command
    .option('-y, --yes', 'do not ask')
    .option('--reason <text>', 'why, for the record')
    .option('--dry-run', 'stop after the plan')
    .addHelpText('after', `\nExample:\n  flotilla ${verb.example}`)
    .action(lazy(async () => editsOf({ name, fields })));
}

/** One that may be given by its flag instead is asked for when neither is there. */
function argumentOf(field: Field): Argument {
  const { name, required, alsoFlag, kind } = field;
  const help = `${lowerFirst(field.help)}${alsoFlag ? `; ${field.flag} says the same` : ''}`;
  const argument = new Argument(required && !alsoFlag ? `<${name}>` : `[${name}]`, help);
  return kind === 'number' ? argument.argParser(wholeFrom0) : argument;
}

function optionOf(field: Field): Option {
  const short = shortFlags[field.name];
  const flags = `${short === undefined ? '' : `${short}, `}${field.flag}`;
  const value = field.kind === 'boolean' ? '' : ` <${valueName(field)}>`;
  const option = new Option(`${flags}${value}`, field.alsoFlag ? 'the same' : helpOf(field)).makeOptionMandatory(
    field.required && !field.alsoFlag,
  );
  if (field.kind === 'choice') option.choices(field.choices);
  if (field.kind === 'number') option.argParser(wholeFrom0);
  if (field.kind === 'list') option.argParser(collect);
  return option;
}

/** What stands for the value in the help. */
function valueName({ kind, name, choices }: Field): string {
  if (kind === 'choice') return choices.join('|');
  if (kind === 'file') return 'file';
  return kind === 'number' ? 'number' : (valueNames[name] ?? name.replaceAll('_', '-'));
}

const valueNames: Record<string, string> = { publish: 'published:target', env: 'name=value', label: 'name=value' };

/** What is left out is not sent: the table fills in the default, which is only told here. */
function helpOf(field: Field): string {
  const preset = field.default === null || field.kind === 'boolean' ? '' : ` (default: ${field.default})`;
  return `${lowerFirst(field.help)}${field.kind === 'list' ? '; may be repeated' : ''}${preset}`;
}

/** `Name of the network` → `name of the network`; `IPv6 …` and `MTU …` stay. */
const lowerFirst = (text: string): string =>
  /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
