import { constants } from 'node:fs';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { run } from '../run.ts';
import { until } from '../wait.ts';
import { engineAnswers } from './ready.ts';

/** The switches that `init.sh` listens to, seen from the machine. */
const control = (pid: number, name: string): string => `/proc/${pid}/root/run/lab/${name}`;

/** Path of a host's Docker socket on this machine (far below the 107 bytes that a socket's path may have). */
export const socketOf = (pid: number): string => `/proc/${pid}/root/run/docker.sock`;

/** Runs a program in all namespaces of the host whose pid 1 is `pid`. */
export const execIn = (pid: number, argv: string[], options: { stdin?: string; timeoutMs?: number } = {}) =>
  run(['nsenter', `--target=${pid}`, '--mount', '--uts', '--ipc', '--net', '--pid', ...argv], {
    ...options,
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LANG: 'C.UTF-8' },
  });

/** Keeps a daemon down from its next end on. */
export const hold = (pid: number, name: 'dockerd' | 'sshd'): Promise<void> =>
  writeFile(control(pid, `${name}.hold`), '');

/** Lets the init start a daemon again. */
export async function release(pid: number, name: 'dockerd' | 'sshd'): Promise<void> {
  await rm(control(pid, `${name}.hold`), { force: true });
  const pipe = await open(control(pid, `${name}.go`), constants.O_WRONLY | constants.O_NONBLOCK);
  await pipe.write('go\n');
  await pipe.close();
}

/** The daemon's pid inside the host, or undefined while it does not run. */
export async function daemonPid(pid: number, name: 'dockerd' | 'sshd'): Promise<number | undefined> {
  const text = await readFile(control(pid, `${name}.pid`), 'utf8').catch(() => '');
  return text.trim() === '' ? undefined : Number(text);
}

/** Sends a signal to a daemon of the host; throws when it does not run. */
export async function signal(pid: number, name: 'dockerd' | 'sshd', which: string): Promise<void> {
  const daemon = await daemonPid(pid, name);
  if (daemon === undefined) throw new Error(`${name} does not run on this host`);
  const { code, stderr } = await execIn(pid, ['kill', `-${which}`, String(daemon)]);
  if (code !== 0) throw new Error(`${name} could not be sent SIG${which}: ${stderr.trim()}`);
}

/** Ends the engine (SIGTERM: in order; SIGKILL: at once) and waits until it is gone and stays so. */
export async function endEngine(pid: number, which: 'TERM' | 'KILL'): Promise<void> {
  await hold(pid, 'dockerd');
  if ((await daemonPid(pid, 'dockerd')) !== undefined) await signal(pid, 'dockerd', which);
  await until('the engine ends', async () => (await daemonPid(pid, 'dockerd')) === undefined);
}

/** Kills the engine, which the init starts again; it is gone when this returns. */
export async function killEngine(pid: number): Promise<void> {
  const before = await daemonPid(pid, 'dockerd');
  await signal(pid, 'dockerd', 'KILL');
  await until('the engine is gone', async () => (await daemonPid(pid, 'dockerd')) !== before);
}

/** Stops every thread of the engine, and has seen that they are: the signal reaches them one by one. */
export async function freezeEngine(pid: number): Promise<void> {
  await signal(pid, 'dockerd', 'STOP');
  const daemon = await daemonPid(pid, 'dockerd');
  const states = ['ps', '--no-headers', '-L', '-o', 'stat', '-p', String(daemon)];
  await until('the engine stops', async () => {
    const { stdout } = await execIn(pid, states);
    const threads = stdout.trim().split('\n');
    return threads.every((state) => state.startsWith('T'));
  });
}

export const waitForEngine = (pid: number): Promise<true> =>
  until('the engine answers', () => engineAnswers(socketOf(pid)), { limitMs: 60_000 });
