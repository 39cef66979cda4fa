import { Command, Option } from 'commander';
import { addAccessCommands } from './tree/access.ts';
import { AppError, exitMeanings } from '#core/errors.ts';
import { addBackupCommands } from './tree/backup.ts';
import { addClusterCommands } from './tree/clusters.ts';
import { addControlCommands } from './tree/control.ts';
import { addHostCommands } from './tree/hosts.ts';
import { addLogsCommands } from './tree/logs.ts';
import { addNouns } from './tree/nouns.ts';
import { addReportCommands } from './tree/reports.ts';
import { addRunningCommands } from './tree/running.ts';
import { addOperationCommands } from './tree/operations.ts';
import { addCiCommands, addWebhookCommands } from './tree/webhooks.ts';
import type { Lazy } from './lazy.ts';
import { fold } from './output/width.ts';

const epilogue = `
A first cluster:
  flotilla up                                       leave it running
  flotilla host add h1 root@10.0.0.11 --accept-new  and h2, h3
  flotilla apply -f demo.yaml                       plan, agree, watch, proof

Exit codes:
${[...exitMeanings].map(([code, meaning]) => `  ${String(code).padEnd(4)}${meaning}`).join('\n')}

Environment: FLOTILLA_URL, FLOTILLA_TOKEN, NO_COLOR,
  FLOTILLA_DATA (default ~/.local/share/flotilla).
Without them, address and token are those of the \`flotilla up\` of this user
on this machine.`;

/** First words of commands that come from the table of edits, which takes a while to load. */
const editWords = ['cluster', 'node', 'network', 'service', 'container', 'stack', 'rollback'];
/** Second words after which it is none of them. */
const otherWords = ['ls', 'list', 'show', 'ps', 'logs', 'inspect', 'adopt', 'revisions'];

/**
 * The command tree for a command line. `lazy` decides how a command is run. The table of edits is loaded only for a
 * command line that may need it; for the others only its first words are there.
 */
export async function makeProgram(
  lazy: Lazy,
  { version, argv }: { version: string; argv: string[] },
): Promise<Command> {
  const program = new Command('flotilla')
    .description(
      'Forms Docker Swarms over SSH, proves that containers on different hosts reach each other, and records who did what.',
    )
    .version(version, '--version', 'print the version')
    .usage('<command> [options]')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help of a command')
    .addOption(
      new Option(
        '-o, --output <format>',
        'what to print on the standard output: table, json; of reports also junit, html',
      )
        .choices(['table', 'json', 'junit', 'html'])
        .default('table'),
    )
    .option('--url <url>', 'address of the control plane')
    .option('--token-file <file>', 'file whose first line is the token')
    .option('--no-color', 'no colours')
    .option('-q, --quiet', 'results and errors only')
    .option('-v, --verbose', 'say more')
    .addHelpText('after', epilogue)
    // What may be chosen stands in the flag, and what is left out in the words.
    .configureHelp({ optionDescription: ({ description }) => description })
    .showSuggestionAfterError()
    .exitOverride()
    // What went wrong is told in one place, with what to do next (usage-error.ts).
    .configureOutput({
      outputError: () => undefined,
      writeOut: (text) => void process.stdout.write(foldedHelp(text, process.stdout)),
    });
  program.hook('preAction', (_, command) => refuseReportFormat(program.opts<{ output: string }>().output, command));
  addNouns(program);
  addControlCommands(program, lazy);
  addBackupCommands(program, lazy);
  addHostCommands(program, lazy);
  addClusterCommands(program, lazy);
  addRunningCommands(program, lazy);
  addLogsCommands(program, lazy);
  if (argv.some((word, at) => editWords.includes(word) && !otherWords.includes(argv[at + 1] ?? '')))
    (await import('./tree/edits.ts')).addEditCommands(program, lazy);
  addOperationCommands(program, lazy);
  addAccessCommands(program, lazy);
  addReportCommands(program, lazy);
  addWebhookCommands(program, lazy);
  addCiCommands(program, lazy);
  return program;
}

/** What stands below the help of a command is written as it is; commander breaks only what stands above. */
const foldedHelp = (text: string, { isTTY, columns }: NodeJS.WriteStream): string =>
  text
    .split('\n')
    .flatMap((line) => fold(line, isTTY && columns > 0 ? columns : undefined))
    .join('\n');

/** Commands whose result is a report. */
const reportCommands = new Set(['verify', 'reports show', 'ops watch']);

/** Before anything is sent: a format that the command has not. @throws AppError `invalid_input` */
function refuseReportFormat(output: string, command: Command): void {
  const words = command.parent?.parent == null ? command.name() : `${command.parent.name()} ${command.name()}`;
  if ((output !== 'junit' && output !== 'html') || reportCommands.has(words)) return;
  throw new AppError('invalid_input', `\`flotilla ${words}\` has no output as ${output}`, {
    done: 'Nothing was sent.',
    next: `Use --output table or json; ${output} is for ${[...reportCommands].map((one) => `\`${one}\``).join(' and ')}.`,
  });
}
