import { CommanderError, type Command } from 'commander';
import { AppError, exitCodeOf } from '#core/errors.ts';
import { reasonOf } from '#core/log.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { readConfig, type CliConfig } from './config.ts';
import { findConnection, isPlainRemote, type Connection } from './input/connection.ts';
import { FileError } from './input/file-error.ts';
import { clean, cleanText } from './output/clean.ts';
import { failureLines, type Failure } from './output/failure-view.ts';
import { layoutOf, terminalOf, type Terminal } from './output/terminal.ts';
import { fold } from './output/width.ts';
import { Interrupted } from './progress/interrupted.ts';
import type { Lazy } from './lazy.ts';
import { makeProgram } from './program.ts';
import { makeSession, type GlobalFlags, type Session } from './session.ts';
import { helpOfNothing, usageFailure } from './usage/usage-error.ts';

/** Runs one command line (without `node` and the script) and gives the exit code. Never throws. */
export async function runCli(typed: string[]): Promise<number> {
  const config = readConfig();
  const argv = helpAsFlag(typed);
  let exitCode = 0;
  const lazy: Lazy =
    (load) =>
    async (...args) => {
      const command = await load();
      exitCode = (await command(sessionOf(program.opts<GlobalFlags>(), config), ...args)) ?? 0;
    };
  const program = await makeProgram(lazy, { version: packageJson.version, argv });
  try {
    const stray = helpOfNothing(program, argv);
    if (stray !== null) throw stray;
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    return tell(error, { program, argv, config });
  }
}

/** `help host add` as `host add --help`: commander itself looks no further than the first word. */
const helpAsFlag = ([first, ...words]: string[]): string[] =>
  first === 'help' ? [...words.filter((word) => word !== 'help'), '--help'] : [first ?? [], words].flat();

function sessionOf(flags: GlobalFlags, config: CliConfig): Session {
  const colour = flags.color && !config.noColour;
  const err = terminalOf(process.stderr, colour);
  let connection: Connection | undefined;
  return makeSession({
    flags,
    config,
    out: terminalOf(process.stdout, colour),
    err,
    canAsk: process.stdin.isTTY && process.stderr.isTTY,
    connection: () => (connection ??= foundConnection(flags, config, err)),
  });
}

/** Says once when the token would travel in clear. */
function foundConnection(flags: GlobalFlags, config: CliConfig, err: Terminal): Connection {
  const connection = findConnection(flags, config);
  if (isPlainRemote(connection.url) && flags.quiet !== true)
    err.write(`Warning: the token goes to ${connection.url} unencrypted. Use https.\n`);
  return connection;
}

interface Told {
  program: Command;
  argv: string[];
  config: CliConfig;
}

/** Prints why it did not work, and gives the exit code. With `--output json` the standard output gets a document too. */
function tell(error: unknown, { program, argv, config }: Told): number {
  // Help that was asked for, and help shown because a noun came without its verb: already printed.
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  if (error instanceof CommanderError && error.code === 'commander.help') return 2;
  const { failure, exitCode, file } = toldAs(error, program, argv);
  const flags = program.opts<GlobalFlags>();
  const { out, err } = sessionOf(flags, config);
  const lines =
    error instanceof Interrupted ? interruptedLines(failure) : failureLines(failure, { ...layoutOf(err), file });
  err.write(`${lines.flatMap((line) => fold(line, err.columns())).join('\n')}\n`);
  if (config.debug && error instanceof Error) err.write(`${error.stack ?? ''}\n`);
  if (flags.output === 'json') out.write(`${JSON.stringify({ error: documentOf(failure) }, null, 2)}\n`);
  return exitCode;
}

interface Telling {
  failure: Failure;
  exitCode: number;
  /** The file that the issues are places in. */
  file?: string;
}

function toldAs(error: unknown, program: Command, argv: string[]): Telling {
  if (error instanceof CommanderError) return { failure: usageFailure(error, program, argv), exitCode: 2 };
  if (error instanceof Interrupted) return error;
  if (error instanceof FileError && error.file !== undefined)
    return { failure: clean(documentOf(error)), exitCode: exitCodeOf(error.code), file: error.file };
  if (error instanceof AppError) return { failure: clean(documentOf(error)), exitCode: exitCodeOf(error.code) };
  return { failure: faultOf(error), exitCode: 70 };
}

const interruptedLines = ({ message, next }: Failure): string[] => [message, ...(next === undefined ? [] : [next])];

const documentOf = ({ code, message, host, done, next, issues }: Failure): Failure => ({
  code,
  message,
  host,
  done,
  next,
  issues,
});

const faultOf = (error: unknown): Failure => ({
  code: 'internal',
  message: `A fault of Flotilla itself: ${cleanText(reasonOf(error))}`,
  next: 'Run it again with FLOTILLA_DEBUG=1 and report what it prints.',
});

/** Tells a fault that no command caught, and gives the exit code. */
export function tellFault(error: unknown): number {
  const { debug } = readConfig();
  const stack = debug && error instanceof Error ? [error.stack ?? ''] : [];
  process.stderr.write(`${[...failureLines(faultOf(error)), ...stack].join('\n')}\n`);
  return 70;
}
