import { Option, type Command } from 'commander';
import type { OperationKind, OperationState } from '#core/operation.ts';
import type { Lazy } from '#cli/lazy.ts';
import { nounOf } from './nouns.ts';
import { wholeFrom1 } from '#cli/usage/parsers.ts';

/* Spelled out here and checked against core, so that `--help` need not load the contracts. */
const states: OperationState[] = [
  'queued',
  'awaiting-approval',
  'running',
  'succeeded',
  'failed',
  'blocked',
  'cancelled',
];
const kinds: OperationKind[] = [
  'apply',
  'plan',
  'verify',
  'preflight',
  'inspect',
  'ps',
  'logs',
  'adopt',
  'probe-host',
  'clean-host',
  'restart-engine',
  'pin-host',
  'set-host',
];

/** `flotilla ops …`: what runs and what ran. */
export function addOperationCommands(program: Command, lazy: Lazy): void {
  nounOf(program, 'explain')
    .argument('[cause]', 'id of a finding, such as data-port-blocked; without it: all of them')
    .action(lazy(async () => (await import('#cli/commands/explain.ts')).explain));
  // Flags of the line are its own, and are sent as they stand.
  nounOf(program, 'say')
    .allowUnknownOption()
    .argument('<words...>', 'a line as in Slack after /swarm, such as: network create web in prod : for the shop')
    .action(lazy(async () => (await import('#cli/commands/say.ts')).say));
  const ops = nounOf(program, 'ops').alias('op');
  ops
    .command('ls')
    .alias('list')
    .description('list operations, the newest first')
    .option('-c, --cluster <name>', 'of one cluster')
    .addOption(new Option('--state <state>', `in one state: ${states.join(', ')}`).choices(states))
    .addOption(new Option('--kind <kind>', `of one kind: ${kinds.join(', ')}`).choices(kinds))
    .option('-n, --limit <count>', 'how many (default: 20)', wholeFrom1)
    .action(lazy(async () => (await import('#cli/commands/ops-ls.ts')).opsLs));
  ops
    .command('show')
    .description('show an operation: plan, steps, outcome')
    .argument('<id>', 'id, or `last`')
    .action(lazy(async () => (await import('#cli/commands/ops-show.ts')).opsShow));
  ops
    .command('watch')
    .alias('follow')
    .description('follow an operation until it ends; exits as it did; with --output junit a file for CI')
    .argument('<id>', 'id, or `last`')
    .action(lazy(async () => (await import('#cli/commands/ops-watch.ts')).opsWatch));
  ops
    .command('cancel')
    .description('stop an operation between two steps; what is done stays done')
    .argument('<id>', 'id, or `last` (questions that were answered do not count)')
    .option('--reason <text>', 'why, for the record')
    .action(lazy(async () => (await import('#cli/commands/ops-cancel.ts')).opsCancel));
  ops
    .command('retry')
    .description('ask for the same thing again, as a new operation')
    .argument('<id>', 'id, or `last` (questions that were answered do not count)')
    .option('--reason <text>', 'why, for the record')
    .action(lazy(async () => (await import('#cli/commands/ops-retry.ts')).opsRetry));
}
