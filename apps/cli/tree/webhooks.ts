import { Option, type Command } from 'commander';
import type { DeliveryState, SourceKind } from '#core/webhooks/contract.ts';
import type { Lazy } from '#cli/lazy.ts';
import { collect, wholeFrom0, wholeFrom1 } from '#cli/usage/parsers.ts';
import { nounOf } from './nouns.ts';
import type { OutEventType, OutMessageState } from '#core/webhooks/out/contract.ts';

/* Spelled out here and checked against core, so that `--help` need not load the contracts. */
const kinds: SourceKind[] = ['github', 'gitlab', 'standard', 'harbor', 'dockerhub'];
const states: DeliveryState[] = ['accepted', 'ignored', 'failed', 'refused'];
const events: OutEventType[] = [
  'operation.requested',
  'operation.succeeded',
  'operation.failed',
  'operation.blocked',
  'operation.cancelled',
  'approval.requested',
  'host-key.changed',
  'verification.broken',
  'verification.recovered',
];
const messageStates: OutMessageState[] = ['waiting', 'delivered', 'failed'];
const rules = ['-f, --file <file>', 'the rules as YAML, or - for the standard input'] as const;
const secret = ['--secret-file <file>', 'the secret that the sender made; without it a new one is shown'] as const;

/** `flotilla webhooks …`: who may send, and what was sent. */
export function addWebhookCommands(program: Command, lazy: Lazy): void {
  const load = () => import('#cli/commands/webhooks.ts');
  const webhooks = nounOf(program, 'webhooks');
  webhooks
    .command('ls')
    .alias('list')
    .description('list who may send webhooks')
    .action(lazy(async () => (await load()).webhooksLs));
  webhooks
    .command('show')
    .description('show a source with its rules')
    .argument('<source>')
    .action(lazy(async () => (await load()).webhooksShow));
  webhooks
    .command('add')
    .description('let somebody send webhooks; its secret is shown this once')
    .argument('<source>', 'a name for it')
    .addOption(new Option('--kind <kind>', `who sends: ${kinds.join(', ')}`).choices(kinds).makeOptionMandatory())
    .requiredOption(...rules)
    .option(...secret)
    .action(lazy(async () => (await load()).webhooksAdd));
  webhooks
    .command('rules')
    .description('say anew what its webhooks may cause')
    .argument('<source>')
    .requiredOption(...rules)
    .action(lazy(async () => (await load()).webhooksRules));
  webhooks
    .command('roll')
    .description('give it a new secret; the old one stays good for a while')
    .argument('<source>')
    .option('--overlap <minutes>', 'how long (default: 1440)', wholeFrom0)
    .option(...secret)
    .action(lazy(async () => (await load()).webhooksRoll));
  webhooks
    .command('rm')
    .description('take in nothing more from it')
    .argument('<source>')
    .option('-y, --yes', 'do not ask')
    .action(lazy(async () => (await load()).webhooksRm));
  webhooks
    .command('deliveries')
    .description('list what was sent, refused ones too')
    .option('--source <source>', 'of one source')
    .addOption(new Option('--state <state>', `in one state: ${states.join(', ')}`).choices(states))
    .option('-n, --limit <count>', 'how many (default: 20)', wholeFrom1)
    .action(lazy(async () => (await load()).webhooksDeliveries));
  webhooks
    .command('replay')
    .description('carry out a delivery once more, by the rules as they are now')
    .argument('<delivery>')
    .action(lazy(async () => (await load()).webhooksReplay));
  addTargets(webhooks, lazy);
}

/** Webhooks that go out. */
function addTargets(webhooks: Command, lazy: Lazy): void {
  const load = () => import('#cli/commands/webhooks-out.ts');
  webhooks
    .command('targets')
    .description('list who is told of events')
    .action(lazy(async () => (await load()).targetsLs));
  webhooks
    .command('tell')
    .description('tell somebody of events from now on; shows the key that signs')
    .argument('<target>', 'a name for it')
    .requiredOption('--to <url>', 'where to send')
    .addOption(
      new Option('--event <event...>', `what to tell of: ${events.join(', ')}`).choices(events).makeOptionMandatory(),
    )
    .option('-c, --cluster <pattern>', 'only of these clusters; repeat for more', collect)
    .option('--allow-private', 'it may be in a private network, and without TLS')
    .action(lazy(async () => (await load()).targetAdd));
  webhooks
    .command('roll-key')
    .description('give a target a new key; both sign for a while')
    .argument('<target>')
    .option('--overlap <minutes>', 'how long (default: 1440)', wholeFrom0)
    .action(lazy(async () => (await load()).targetRoll));
  webhooks
    .command('enable')
    .description('send again to a target that answered 410')
    .argument('<target>')
    .action(lazy(async () => (await load()).targetEnable));
  webhooks
    .command('untell')
    .description('tell a target nothing any more')
    .argument('<target>')
    .option('-y, --yes', 'do not ask')
    .action(lazy(async () => (await load()).targetRm));
  webhooks
    .command('messages')
    .description('list what was sent and what waits')
    .option('--target <target>', 'of one target')
    .addOption(new Option('--state <state>', `in one state: ${messageStates.join(', ')}`).choices(messageStates))
    .option('-n, --limit <count>', 'how many (default: 20)', wholeFrom1)
    .action(lazy(async () => (await load()).messagesLs));
  webhooks
    .command('resend')
    .description('send a message once more, under the same id')
    .argument('<message>')
    .action(lazy(async () => (await load()).messageResend));
}

/** `flotilla ci …`: which runs come in without a secret. */
export function addCiCommands(program: Command, lazy: Lazy): void {
  const load = () => import('#cli/commands/ci.ts');
  const ci = nounOf(program, 'ci');
  ci.command('trusts')
    .description('list which runs come in without a secret')
    .action(lazy(async () => (await load()).ciTrusts));
  ci.command('trust')
    .description('let the runs of a repository in without a secret')
    .argument('<name>', 'a name for it')
    .addOption(
      new Option('--provider <github|gitlab>', 'whose runs').choices(['github', 'gitlab']).makeOptionMandatory(),
    )
    .requiredOption('--repository <id>', 'id of the repository or project, a number')
    .requiredOption('-c, --cluster <pattern>', 'only for these clusters; repeat for more', collect)
    .option('--ref <ref>', 'only on this ref, such as refs/heads/main')
    .option('--environment <name>', 'only in this environment')
    .option('--workflow <file>', 'only by this file, such as .github/workflows/deploy.yml')
    .option('--audience <text>', 'what the run asks its token for (default: the address of this control plane)')
    .option('--issuer <url>', 'of GitHub Enterprise or a GitLab of your own')
    .addOption(
      new Option('--role <viewer|operator>', 'at most what this role may do (default: operator)').choices([
        'viewer',
        'operator',
      ]),
    )
    .action(lazy(async () => (await load()).ciTrust));
  ci.command('token')
    .description('exchange the ID token of this run for one of ten minutes, which is shown')
    .option('-f, --file <file>', 'where the ID token is (default: the standard input)')
    .action(lazy(async () => (await import('#cli/commands/ci-token.ts')).ciToken));
  ci.command('untrust')
    .description('let them in no more; tokens that were given are over at once')
    .argument('<name>')
    .option('-y, --yes', 'do not ask')
    .action(lazy(async () => (await load()).ciUntrust));
}
