import type { Command } from 'commander';
import type { Lazy } from '#cli/lazy.ts';
import { nounOf } from './nouns.ts';
import { portNumber } from '#cli/usage/parsers.ts';

/** `flotilla host …`: the machines that we reach by SSH. */
export function addHostCommands(program: Command, lazy: Lazy): void {
  const host = nounOf(program, 'host');
  host
    .command('add')
    .description('register a host; connects to it once and shows what it is')
    .argument('<name>', 'its name in specs and answers')
    .argument('[address]', '[user@]address[:port]; default: the name')
    .option('-p, --port <port>', 'SSH port (default: 22)', portNumber)
    .option('-u, --user <user>', 'SSH user (default: root)')
    .option('--key <name>', 'name of the SSH key in the worker’s configuration (default: default)')
    .option('--via <host>', 'another host to go through (a bastion)')
    .option('--fingerprint <SHA256:…>', 'the host key to pin, as `ssh-keygen -l` prints it')
    .option('--accept-new', 'pin whatever key the host shows first')
    .option('--worker-label <label>', 'only workers with this label can reach it')
    .option('--no-probe', 'only register it; do not connect now')
    .action(lazy(async () => (await import('#cli/commands/host-add.ts')).hostAdd));
  host
    .command('ls')
    .alias('list')
    .description('list the hosts')
    .action(lazy(async () => (await import('#cli/commands/host-ls.ts')).hostLs));
  host
    .command('show')
    .alias('inspect')
    .description('show what is known of a host')
    .argument('<name>')
    .action(lazy(async () => (await import('#cli/commands/host-show.ts')).hostShow));
  host
    .command('rm')
    .alias('remove')
    .description('forget a host that belongs to no cluster; changes nothing on it')
    .argument('<name>')
    .option('-y, --yes', 'do not ask')
    .action(lazy(async () => (await import('#cli/commands/host-rm.ts')).hostRm));
  host
    .command('probe')
    .description('connect to a host and show its engine, system and addresses; changes nothing')
    .argument('<name>')
    .action(lazy(async () => (await import('#cli/commands/host-probe.ts')).hostProbe));
  addIdentityCommands(host, lazy);
  host
    .command('clean')
    .description('remove from a host what probing left there (the probe image)')
    .argument('<name>')
    .option('-y, --yes', 'do not ask')
    .action(lazy(async () => (await import('#cli/commands/host-clean.ts')).hostClean));
  host
    .command('restart-engine')
    .description('restart the Docker Engine of a host; its containers may stop for a moment')
    .argument('<name>')
    .option('--reason <text>', 'why, for the record', 'by hand')
    .option('-y, --yes', 'do not ask')
    .action(lazy(async () => (await import('#cli/commands/host-restart-engine.ts')).hostRestartEngine));
}

/** By which key a host is known, and how it is reached. */
function addIdentityCommands(host: Command, lazy: Lazy): void {
  host
    .command('pin')
    .description('hold a host to another SSH key, after its own was replaced; shows both and asks')
    .argument('<name>')
    .option('--fingerprint <SHA256:…>', 'the key that it must show, as `ssh-keygen -l` prints it')
    .option('--accept-new', 'whatever key it shows now')
    .option('--force', 'also where another engine than the one on record answers behind it, or none')
    .option('--reason <text>', 'why, for the record')
    .option('-y, --yes', 'do not ask')
    .action(lazy(async () => (await import('#cli/commands/host-pin.ts')).hostPin));
  host
    .command('set')
    .description('reach a host at another address or port, as another user or through another bastion')
    .argument('<name>')
    .option('--address <address>', '[user@]address[:port]')
    .option('-p, --port <port>', 'SSH port', portNumber)
    .option('-u, --user <user>', 'SSH user')
    .option('--key <name>', 'name of the SSH key in the worker’s configuration')
    .option('--via <host>', 'another host to go through (a bastion)')
    .option('--no-via', 'directly')
    .option('--force', 'also where another engine than the one on record answers there, or none')
    .option('--reason <text>', 'why, for the record')
    .option('-y, --yes', 'do not ask')
    .action(lazy(async () => (await import('#cli/commands/host-set.ts')).hostSet));
}
