import type { Command } from 'commander';
import type { Lazy } from '#cli/lazy.ts';
import { nounOf } from './nouns.ts';

/** `flotilla ps` and its parts: what runs now, asked of managers and hosts. */
export function addRunningCommands(program: Command, lazy: Lazy): void {
  const module = () => import('#cli/commands/ps.ts');
  nounOf(program, 'ps')
    .alias('status')
    .argument('[cluster]', 'default: the only one')
    .option('-c, --cluster <name>', 'the same')
    .action(lazy(async () => (await module()).ps));
  nounOf(program, 'node')
    .command('ls')
    .alias('list')
    .description('list the nodes as a manager sees them now')
    .option('-c, --cluster <name>', 'default: the only one')
    .action(lazy(async () => (await module()).nodeLs));
  nounOf(program, 'service')
    .command('ps')
    .description('the tasks of a service now: where each runs, since when, and why not')
    .argument('<name>')
    .option('-c, --cluster <name>', 'default: the only one')
    .action(lazy(async () => (await module()).servicePs));
}
