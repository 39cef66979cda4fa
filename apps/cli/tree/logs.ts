import { type Command, InvalidArgumentError } from 'commander';
import { logTailDefault, logTailMax } from '#core/log-limits.ts';
import type { Lazy } from '#cli/lazy.ts';
import { wholeNumber } from '#cli/usage/parsers.ts';
import { nounOf } from './nouns.ts';

/** `flotilla service logs` and `flotilla container logs`: what programs printed, read on their hosts. */
export function addLogsCommands(program: Command, lazy: Lazy): void {
  const module = () => import('#cli/commands/logs.ts');
  optionsOf(
    nounOf(program, 'service')
      .command('logs')
      .description('what the tasks of a service printed, those included that have ended')
      .argument('<name>', 'service; that of a stack is called STACK_SERVICE'),
  )
    .option('--task <task>', 'one task: web.1, web.1@h2, or its id or the beginning of it')
    .addHelpText('after', `${notes}\n\nExample:\n  flotilla service logs shop_api --since 10m --task shop_api.1`)
    .action(lazy(async () => (await module()).serviceLogs));
  optionsOf(
    nounOf(program, 'container')
      .command('logs')
      .description('what a standalone container printed')
      .argument('<name>', 'container'),
  )
    .addHelpText('after', `${notes}\n\nExample:\n  flotilla container logs nginx-container --tail 20`)
    .action(lazy(async () => (await module()).containerLogs));
}

const optionsOf = (command: Command): Command =>
  command
    .option('-c, --cluster <name>', 'default: the only one')
    .option(
      '-n, --tail <lines>',
      `the newest lines of each task (default: ${logTailDefault}, or ${logTailMax} with --since)`,
      tail,
    )
    .option('--since <time>', 'only lines since then: 10m, 2h, or 2026-11-28T18:00Z')
    .option('-f, --follow', 'go on with what is printed from now on, until Ctrl-C')
    .option('-t, --timestamps', 'show when each line was printed, by the clock of its host');

const notes = `
Lines stand in the order of their time; with --follow as they come, also those
of tasks that come later. What could not be read is said on the standard error.
On a terminal what could steer it is shown as its number; in a pipe lines are
as they were printed. --output json: a record a line.`;

function tail(text: string): number {
  if (text === 'all') throw new InvalidArgumentError(`Write a number up to ${logTailMax}: that many are read at most.`);
  return wholeNumber(text, 0, logTailMax);
}
