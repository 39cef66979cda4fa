import { Option, type Command } from 'commander';
import type { Lazy } from '#cli/lazy.ts';
import { envFileOption } from './env-file.ts';
import { nounOf } from './nouns.ts';
import { collect, wholeFrom1 } from '#cli/usage/parsers.ts';

/** `flotilla plan`, `apply`, `preflight`, `verify`, and what reads clusters and networks. */
export function addClusterCommands(program: Command, lazy: Lazy): void {
  addSpecCommands(program, lazy);
  addProofCommands(program, lazy);
  addViewCommands(program, lazy);
}

function addSpecCommands(program: Command, lazy: Lazy): void {
  nounOf(program, 'plan')
    .option('-f, --file <file>', 'spec to plan (- is the standard input)')
    .addOption(envFileOption())
    .option('--take-over', takeOverMeaning)
    .option(
      '-c, --cluster <name>',
      'without a file: the current revision of a cluster, of which it shows drift (default: the only one)',
    )
    .action(lazy(async () => (await import('#cli/commands/plan.ts')).plan));
  nounOf(program, 'apply')
    .option('-f, --file <file>', 'spec to apply (- is the standard input)')
    .addOption(envFileOption())
    .option(
      '-c, --cluster <name>',
      'without a file: the current revision of a cluster again, which mends drift (default: the only one)',
    )
    .option('--take-over', takeOverMeaning)
    .option('-y, --yes', 'do not ask')
    .option('--reason <text>', 'why, for the record')
    .option('--dry-run', 'stop after the plan')
    .addOption(
      new Option('--preflight <errors|warnings|skip>', 'what of the preflight stops it; skip makes none').choices([
        'errors',
        'warnings',
        'skip',
      ]),
    )
    .action(lazy(async () => (await import('#cli/commands/apply.ts')).apply));
}

const takeOverMeaning = 'what is there under the names of the file and nobody manages is ours from then on, as it runs';

function addProofCommands(program: Command, lazy: Lazy): void {
  nounOf(program, 'preflight')
    .argument('[cluster]', 'its newest revision; default: the only cluster')
    .option('-c, --cluster <name>', 'the same')
    .option('--hosts <names>', 'instead: hosts that may be in no cluster yet (h1,h2,h3)')
    .option('-f, --file <file>', 'instead: the hosts of a spec, for what it asks of them (- is the standard input)')
    .addOption(envFileOption())
    .option('--full', 'every pair of hosts, also of more than ten')
    .action(lazy(async () => (await import('#cli/commands/preflight.ts')).preflight));
  nounOf(program, 'verify')
    .argument('[cluster]', 'default: the only one')
    .option('-c, --cluster <name>', 'the same')
    .option('-n, --network <name>', 'only this network (may be repeated)', collect)
    .addOption(
      new Option('--connectivity <full|sampled>', 'which pairs of nodes (default: as the spec says)').choices([
        'full',
        'sampled',
      ]),
    )
    .addOption(
      new Option('--fail-on <error|warning>', 'exit with 8 from this severity on (default: error)').choices([
        'error',
        'warning',
      ]),
    )
    .option('--wait', 'wait for the end (the default)')
    .option('--no-wait', 'only start it; `flotilla ops watch` follows it')
    .addHelpText('after', verifyHelp)
    .action(lazy(async () => (await import('#cli/commands/verify.ts')).verify));
}

function addViewCommands(program: Command, lazy: Lazy): void {
  const cluster = nounOf(program, 'cluster');
  cluster
    .command('ls')
    .alias('list')
    .description('list the clusters')
    .action(lazy(async () => (await import('#cli/commands/cluster-ls.ts')).clusterLs));
  cluster
    .command('show')
    .alias('inspect')
    .description('show a cluster and what its current revision wants')
    .argument('[name]', 'default: the only one')
    .option('--revision <number>', 'an earlier revision', wholeFrom1)
    .option('--spec', 'its spec alone, as a file that `apply -f` takes')
    .action(lazy(async () => (await import('#cli/commands/cluster-show.ts')).clusterShow));
  cluster
    .command('revisions')
    .description('list the revisions of a cluster, the newest first; `flotilla rollback` goes back to one')
    .argument('[name]', 'default: the only one')
    .option('-n, --limit <count>', 'how many (default: 20)', wholeFrom1)
    .action(lazy(async () => (await import('#cli/commands/cluster-revisions.ts')).clusterRevisions));
  cluster
    .command('adopt')
    .description('record a swarm that somebody else formed, to look at, and to manage once it is taken over')
    .argument('<name>', 'its name here')
    .requiredOption('--from <host>', 'a registered host that is a manager of it')
    .option('--write-spec <file>', 'write what runs as a spec, with the values of environment variables')
    .option('--reason <text>', 'why, for the record')
    .addHelpText('after', adoptHelp)
    .action(lazy(async () => (await import('#cli/commands/cluster-adopt.ts')).clusterAdopt));
  cluster
    .command('forget')
    .description('let go of a cluster; nothing on its hosts is touched, and all goes on running')
    .argument('<name>')
    .option('-y, --yes', 'do not ask')
    .action(lazy(async () => (await import('#cli/commands/cluster-forget.ts')).clusterForget));
  const network = nounOf(program, 'network');
  network
    .command('ls')
    .alias('list')
    .description('list the networks that the current revision wants')
    .option('-c, --cluster <name>', 'default: the only one')
    .action(lazy(async () => (await import('#cli/commands/network-ls.ts')).networkLs));
  network
    .command('inspect')
    .alias('show')
    .description('one view of a network, merged from all hosts')
    .argument('<name>')
    .option('-c, --cluster <name>', 'default: the only one')
    .action(lazy(async () => (await import('#cli/commands/network-inspect.ts')).networkInspect));
  addWantedLists(program, lazy);
}

function addWantedLists(program: Command, lazy: Lazy): void {
  const list = (noun: string, what: string): Command =>
    nounOf(program, noun)
      .command('ls')
      .alias('list')
      .description(`list the ${what} that the current revision wants`)
      .option('-c, --cluster <name>', 'default: the only one');
  list('service', 'services').action(lazy(async () => (await import('#cli/commands/wanted-ls.ts')).serviceLs));
  list('container', 'containers').action(lazy(async () => (await import('#cli/commands/wanted-ls.ts')).containerLs));
  list('stack', 'stacks').action(lazy(async () => (await import('#cli/commands/wanted-ls.ts')).stackLs));
}

const adoptHelp = `
Look at it:
  flotilla host add h1 root@10.0.0.11
  flotilla cluster adopt prod --from h1
Manage it, with no task restarted:
  flotilla cluster adopt prod --from h1 --write-spec prod.yaml
  flotilla apply -f prod.yaml --take-over`;

const verifyHelp = `
Exit codes: 0 proved · 8 failed, or not everything could be seen (with --fail-on warning also: a warning was found)
  2 wrong input · 3 no such cluster or network · 5 nothing to verify yet · 7 no manager answers · 11 control plane away

In CI:
  flotilla verify prod --wait --fail-on warning --output junit > flotilla.xml`;
