import type { Command } from 'commander';
import type { Lazy } from '#cli/lazy.ts';
import { addAuditCommands } from './audit.ts';
import { nounOf } from './nouns.ts';

/** `flotilla up`, `api`, `worker`, `whoami`, `audit …`: the control plane itself and its record. */
export function addControlCommands(program: Command, lazy: Lazy): void {
  serverOptions(nounOf(program, 'up'))
    .option('--redis <url>', 'use this Redis; without it a private one is started and stopped again')
    .action(lazy(async () => (await import('#cli/up/serve.ts')).up));
  serverOptions(nounOf(program, 'api'))
    .option('--redis <url>', 'Redis that the workers listen at; without it they ask the API themselves')
    .action(lazy(async () => (await import('#cli/up/serve.ts')).api));
  nounOf(program, 'worker')
    .option('--data <dir>', 'folder of its id and of reports that were not taken yet')
    .option('--redis <url>', 'Redis that the API rings through; without it the worker asks the API itself')
    .action(lazy(async () => (await import('#cli/up/worker.ts')).worker));
  nounOf(program, 'slack')
    .command('manifest')
    .description('print the manifest of the Slack app, to be pasted at https://api.slack.com/apps')
    .option('--public-url <url>', 'where Slack reaches the control plane; without it Socket Mode')
    .option('--command <name>', 'the slash command (/swarm)')
    .action(lazy(async () => (await import('#cli/up/slack-manifest.ts')).slackManifest));
  addChannels(program, lazy);
  nounOf(program, 'health')
    .option('--data <dir>', 'data folder of what runs')
    .action(lazy(async () => (await import('#cli/up/health.ts')).health));
  nounOf(program, 'whoami').action(lazy(async () => (await import('#cli/commands/whoami.ts')).whoami));
  addAuditCommands(program, lazy);
}

/** Which channel of Slack is told what. */
function addChannels(program: Command, lazy: Lazy): void {
  const slack = nounOf(program, 'slack');
  const load = () => import('#cli/commands/channels.ts');
  slack
    .command('channels')
    .description('list which channel is told what happens to which cluster')
    .action(lazy(async () => (await load()).channelsLs));
  slack
    .command('follow')
    .description('have a channel told what happens to a cluster')
    .argument('<cluster>', 'a name, or all for those without a channel of their own')
    .argument('<channel>', "Slack's id, such as C0123ABCD")
    .action(lazy(async () => (await load()).channelFollow));
  slack
    .command('unfollow')
    .description('have no channel told any more')
    .argument('<cluster>', 'a name, or all')
    .action(lazy(async () => (await load()).channelUnfollow));
}

const serverOptions = (command: Command): Command =>
  command
    .option('--data <dir>', 'folder of the database, the address and the first token')
    .option('--listen <address>', 'address and port to listen on (127.0.0.1:7766)')
    .option('--tls-cert <file>', 'certificate chain in PEM; with --tls-key, to listen beyond loopback')
    .option('--tls-key <file>', 'key of the certificate')
    .option('--trusted-proxy <name>', 'who ends TLS in front, to listen beyond loopback without a certificate')
    .option('--new-admin-token', 'make one more token of an administrator, where all were lost; it is on record')
    .option('--audit-push <target>', 'where checkpoints of the record go as well: dir:FOLDER, cmd:PROGRAM, https://…');
