import { type Command, InvalidArgumentError, Option } from 'commander';
import { secondsOf } from '#core/length.ts';
import type { Lazy } from '#cli/lazy.ts';
import { wholeFrom1 } from '#cli/usage/parsers.ts';
import { nounOf } from './nouns.ts';

/** `flotilla reports …` and `flotilla verify schedule`: what was found, and what is looked at without being asked. */
export function addReportCommands(program: Command, lazy: Lazy): void {
  const reports = nounOf(program, 'reports').alias('report');
  reports
    .command('ls')
    .alias('list')
    .description('list verifications and preflights of a cluster, the newest first')
    .argument('[cluster]', 'default: the only one')
    .option('-n, --limit <count>', 'how many (default: 20)', wholeFrom1)
    .action(lazy(async () => (await import('#cli/commands/reports-ls.ts')).reportsLs));
  reports
    .command('show')
    .description('show a report; with --output junit or html as a file for others')
    .argument('[cluster]', 'its newest report (default: the only cluster), or the id of a report')
    .option('--id <report>', 'the same: this report, or that of an operation')
    .action(lazy(async () => (await import('#cli/commands/reports-show.ts')).reportsShow));
  reports
    .command('pair')
    .description('show what the newest verifications said of one pair of hosts')
    .argument('<from>')
    .argument('<to>')
    .option('-c, --cluster <name>', 'default: the only one')
    .option('-n, --limit <count>', 'how many reports to look at (default: 50)', wholeFrom1)
    .action(lazy(async () => (await import('#cli/commands/reports-pair.ts')).reportsPair));
  nounOf(program, 'verify')
    .command('schedule')
    .description('verify a cluster without being asked, or show how often it is')
    .argument('[cluster]', 'default: the only one')
    .addOption(new Option('--every <time>', 'how often, such as 15m, 2h or 1d').argParser(every).conflicts('off'))
    .option('--off', 'let nothing start by itself any more')
    .option('--reason <text>', 'why, for the record')
    .action(lazy(async () => (await import('#cli/commands/verify-schedule.ts')).verifySchedule));
}

function every(text: string): number {
  const seconds = secondsOf(text);
  if (seconds === null) throw new InvalidArgumentError('Write a number with s, m, h or d, such as 15m.');
  return seconds;
}
