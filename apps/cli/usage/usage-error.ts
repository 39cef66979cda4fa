import { type Command, CommanderError } from 'commander';
import type { Failure } from '#cli/output/failure-view.ts';
import { ownVerb, suggest } from './suggest.ts';

/** Every command of the tree as people type it. */
export const commandPaths = (command: Command, before: string[] = []): string[] =>
  command.commands.flatMap((one) => {
    const path = [...before, one.name()];
    return one.commands.length > 0 ? commandPaths(one, path) : [path.join(' ')];
  });

/** What was typed wrong, with the nearest command or flag, and where to read more. */
export function usageFailure(error: CommanderError, program: Command, argv: string[]): Failure {
  const words = argv.filter((word) => !word.startsWith('-'));
  const isUnknown = error.code === 'commander.unknownCommand';
  const own = isUnknown ? ownVerb(words) : undefined;
  const said = error.message.replace(/^error: /, '').replace(/\n\(/, ' (');
  const message = own === undefined ? said : said.replace(/ \(Did you mean .*$/s, '');
  const isGuess = isUnknown && own === undefined && !message.includes('Did you mean');
  const path = nounAndVerb(program, words);
  const flagged = error.code === 'commander.excessArguments' ? asFlag(path, words) : undefined;
  if (flagged !== undefined)
    return { code: 'usage', message: capital(message), ...unsent, next: `Say \`${flagged}\`.` };
  const found = own === undefined ? (isGuess ? suggest(words, commandPaths(program)) : []) : [own];
  const meant = found.length === 0 ? '' : ` (Did you mean ${found.map((path) => `flotilla ${path}`).join(', or ')}?)`;
  return {
    code: 'usage',
    message: capital(message) + meant,
    ...unsent,
    next: `${lacking.has(error.code) ? `Say \`${usageOf(program, path)}\`. ` : ''}Read \`flotilla ${[...path, '--help'].join(' ')}\`.`,
  };
}

const unsent = { done: 'Nothing was sent.' };
const lacking = new Set(['commander.missingArgument', 'commander.missingMandatoryOptionValue']);

/** What a spec is planned or applied by is named with a flag; most other commands take the name alone. */
function asFlag(path: readonly string[], words: readonly string[]): string | undefined {
  const [verb = ''] = path;
  const given = words[path.length];
  if ((verb !== 'plan' && verb !== 'apply') || given === undefined) return undefined;
  return `flotilla ${verb} ${/\.ya?ml$/.test(given) ? '-f' : '-c'} ${given}`;
}

/** `flotilla service create [options] --image <image> <name>`: with all that a command cannot do without. */
function usageOf(program: Command, path: readonly string[]): string {
  const command = path.reduce<Command | undefined>(
    (at, name) => at?.commands.find((one) => one.name() === name),
    program,
  );
  const must = (command?.options ?? []).flatMap(({ mandatory, flags }) => (mandatory ? [flags] : []));
  const [options = '', ...places] = (command?.usage() ?? '').split(' ');
  return ['flotilla', ...path, options, ...must, ...places].filter((word) => word !== '').join(' ');
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Help of a command that there is none of is a mistake as well; commander shows that of the nearest group instead. */
export function helpOfNothing(program: Command, argv: string[]): CommanderError | null {
  if (!argv.includes('--help') && !argv.includes('-h')) return null;
  const end = argv.findIndex((word) => word.startsWith('-'));
  const words = argv.slice(0, end);
  const path = nounAndVerb(program, words);
  const group = path.reduce<Command | undefined>(
    (at, name) => at?.commands.find((one) => one.name() === name),
    program,
  );
  const stray = words[path.length];
  if (stray === undefined || group === undefined || group.commands.length === 0) return null;
  return new CommanderError(2, 'commander.unknownCommand', `error: unknown command '${stray}'`);
}

/** The part of what was typed that names a command. */
function nounAndVerb(program: Command, words: string[]): string[] {
  const path: string[] = [];
  let at: Command | undefined = program;
  for (const word of words) {
    at = at.commands.find((one) => one.name() === word || one.aliases().includes(word));
    if (at === undefined) break;
    path.push(at.name());
  }
  return path;
}
