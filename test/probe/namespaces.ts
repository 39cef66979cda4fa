import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A network namespace that lives as long as its keeper process; it goes too when the test process dies. */
export interface Namespace {
  /** The command line that runs a command in there. */
  inside(command: string[]): string[];
  /** Runs a command in there to its end; throws with its standard error when it fails. */
  run(...command: string[]): Promise<string>;
  keeper: ChildProcess;
}

export async function makeNamespace(): Promise<Namespace> {
  // The keeper reads its standard input, which ends with this process, however this process ends.
  const script = 'ip link set lo up && echo up && exec cat >/dev/null';
  const keeper = spawn('unshare', ['--net', 'sh', '-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(keeper.stdout, 'data');
  const inside = (command: string[]): string[] => ['nsenter', `--net=/proc/${keeper.pid}/ns/net`, '--', ...command];
  return {
    keeper,
    inside,
    async run(...command) {
      const [program = '', ...args] = inside(command);
      return (await run(program, args)).stdout;
    },
  };
}

export async function removeNamespace(namespace: Namespace): Promise<void> {
  const ended = once(namespace.keeper, 'exit');
  namespace.keeper.stdin?.end();
  await ended;
}

/** Joins two namespaces by a veth pair, with an interface name and an address (CIDR) on each side. */
export async function join(
  left: { namespace: Namespace; name: string; addresses: string[] },
  right: { namespace: Namespace; name: string; addresses: string[] },
): Promise<void> {
  const peer = ['peer', 'name', right.name, 'netns', `${right.namespace.keeper.pid}`];
  await left.namespace.run('ip', 'link', 'add', 'name', left.name, 'type', 'veth', ...peer);
  for (const side of [left, right]) {
    for (const address of side.addresses) {
      const flags = address.includes(':') ? ['nodad'] : [];
      await side.namespace.run('ip', 'address', 'add', address, 'dev', side.name, ...flags);
    }
    await side.namespace.run('ip', 'link', 'set', 'dev', side.name, 'up');
  }
}
