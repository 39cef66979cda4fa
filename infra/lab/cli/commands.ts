import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { labIds } from '../state.ts';
import { takeDown } from '../take-down.ts';
import { LabRefusal } from '../types.ts';
import { faultCommand } from './fault.ts';
import { labOf, withId } from './lab-of.ts';
import { describe, statusOf } from './status.ts';
import { upCommand } from './up.ts';
import { usage } from './usage.ts';

type Command = (args: string[]) => Promise<number> | number;

/** Every verb. Each gives the exit code. */
export const commands: Partial<Record<string, Command>> = {
  help: () => print(usage('all')),
  up: upCommand,
  fault: faultCommand,
  ssh: sshCommand,

  async status(args) {
    const { values } = parseArgs({ args, options: { ...withId, json: { type: 'boolean' } } });
    const found = await statusOf(values.id);
    return print(values.json ? JSON.stringify(found, null, 2) : describe(found));
  },

  async heal(args) {
    const { values, positionals } = parseArgs({ args, options: withId, allowPositionals: true });
    const lab = await labOf(values.id);
    const hosts = positionals.length === 0 ? lab.hosts : positionals.map((name) => lab.host(name));
    const healed = await Promise.all(
      hosts.map(async (host) => {
        const names = (await host.faults()).map((fault) => fault.name);
        await host.heal();
        return names.map((name) => `${host.name}: ${name} healed`);
      }),
    );
    return print(healed.flat().join('\n') || 'No faults to heal.');
  },

  async 'engine-log'(args) {
    const options = { ...withId, calls: { type: 'boolean' } } as const;
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const host = (await labOf(values.id)).host(positionals[0] ?? '');
    if (!values.calls) return print((await host.engineLog()).trimEnd());
    return print((await host.engineCalls()).map(({ method, path }) => `${method} ${path}`).join('\n'));
  },

  async renew(args) {
    const { values } = parseArgs({ args, options: withId });
    await (await labOf(values.id)).renew();
    return print(`Lab ${values.id} has fresh engines.`);
  },

  async down(args) {
    const { values } = parseArgs({ args, options: { ...withId, all: { type: 'boolean' } } });
    const known = await labIds();
    for (const id of values.all ? known : [values.id]) {
      await takeDown(id);
      print(known.includes(id) ? `Lab ${id} is down.` : `There is no lab ${id}; nothing to do.`);
    }
    return 0;
  },

  async list(args) {
    parseArgs({ args });
    const all = await Promise.all((await labIds()).map(statusOf));
    const lines = all.map((lab) => `${lab.id}: ${lab.state}, ${lab.hosts.length} hosts, ${lab.subnet}`);
    return print(lines.join('\n') || 'No lab on this machine: npm run lab -- up 3 makes one.');
  },
};

/** Everything after the host goes to OpenSSH as it is; `--id` comes before the host. */
async function sshCommand(args: string[]): Promise<number> {
  const isNamed = args[0] === '--id';
  const id = (isNamed ? args[1] : undefined) ?? 'default';
  const [target = '', ...command] = isNamed ? args.slice(2) : args;
  const [user, name] = target.includes('@') ? target.split('@') : ['root', target];
  if (target === '') throw new LabRefusal('Which host? Say: npm run lab -- ssh h1.');
  const lab = await labOf(id);
  const quiet = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR', 'IdentitiesOnly=yes'];
  const options = quiet.flatMap((option) => ['-o', option]);
  const to = `${user}@${lab.host(name ?? '').address}`;
  const child = spawn('ssh', ['-i', lab.sshKeyFile, ...options, to, ...command], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 255));
  });
}

function print(text: string): 0 {
  if (text !== '') console.log(text);
  return 0;
}
