import { Option, type Command } from 'commander';
import type { Lazy } from '#cli/lazy.ts';
import { wholeFrom1 } from '#cli/usage/parsers.ts';
import { nounOf } from './nouns.ts';

const language = `
A query: actor:ada action:operation.* -source:webhook created:2026-10-01..2026-10-07 "connection refused"
  fields: actor action cluster host outcome source risk plan op target created seq stream
  repeat a field for one of them; a minus is a not; * is any text; text in quotes is looked for
  times: 2026-10-01, 2026-10-01T08:30, a..b, >=a, -7d (write -- before a query that begins with a minus)
Without stream:, outcome: or action: acts alone; denials and looks at the record are stream:access.`;

/** `flotilla audit …`: the record. */
export function addAuditCommands(program: Command, lazy: Lazy): void {
  const audit = nounOf(program, 'audit');
  audit
    .command('ls')
    .alias('list')
    .description('list what is on record, the newest last')
    .argument('[query...]', 'what it must fit')
    .option('-c, --cluster <name>', 'of one cluster')
    .option('--operation <id>', 'of one operation')
    .option('--actor <name>', 'of one person or worker')
    .option('--action <name>', 'of one action, such as host.added')
    .option('-n, --limit <count>', 'how many (default: 50)', wholeFrom1)
    .addHelpText('after', language)
    .action(lazy(async () => (await import('#cli/commands/audit-ls.ts')).auditLs));
  audit
    .command('export')
    .description('write the record out: NDJSON that can be checked anywhere, or CSV')
    .argument('[query...]', 'only what fits')
    .addOption(new Option('--format <ndjson|csv>', 'what to write').choices(['ndjson', 'csv']))
    .option('--out <file>', 'file to write (default: the standard output)')
    .addHelpText('after', language)
    .action(lazy(async () => (await import('#cli/commands/audit-export.ts')).auditExport));
  audit
    .command('verify')
    .description('check that nothing in the record was changed, removed or moved')
    .option('--file <export>', 'check an export, without the control plane')
    .option('--key <key>', 'with --file: the public key that you kept, or the file with it')
    .option('--anchor <checkpoint>', 'file with a checkpoint that was kept elsewhere')
    .option('--reconcile', 'also compare the record with what it tells of')
    .option('--partial', 'with --file: accept an export that was filtered')
    .addHelpText(
      'after',
      '\nExit codes: 0 whole · 10 edited · 11 missing or out of order · 12 end cut off · 13 bad signature\n  14 rewritten · 15 triggers missing · 16 does not reconcile · 17 only an unsigned tail · 1 not checked',
    )
    .action(lazy(async () => (await import('#cli/commands/audit-verify.ts')).auditVerify));
  audit
    .command('key')
    .description('print the public key that signs the record')
    .option('--pem', 'in PEM, for openssl')
    .option('--checkpoint', 'the last checkpoint instead')
    .action(lazy(async () => (await import('#cli/commands/audit-key.ts')).auditKey));
  addDataCommands(audit, lazy);
}

/** On the data folder of this machine itself: no token of the API may do these. */
function addDataCommands(audit: Command, lazy: Lazy): void {
  audit
    .command('archive')
    .description('write a beginning of the record to a file and check it (on the data folder itself)')
    .requiredOption('--out <file>', 'file to write')
    .option('--data <dir>', 'folder of the database')
    .option('--before <date>', 'events before this day (default: all that are signed)')
    .option('--reason <text>', 'why, for the record')
    .action(lazy(async () => (await import('#cli/up/audit-archive.ts')).auditArchive));
  audit
    .command('prune')
    .description('remove what an archive holds from the database (on the data folder itself)')
    .requiredOption('--archive <file>', 'the archive, as `audit archive` wrote it')
    .option('--data <dir>', 'folder of the database')
    .option('--reason <text>', 'why, for the record')
    .option('-y, --yes', 'do not ask')
    .action(lazy(async () => (await import('#cli/up/audit-prune.ts')).auditPrune));
}
