import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '#core/errors.ts';
import type { Host, HostKey } from '#core/host.ts';
import type { SshConfig } from '#workers/ssh/keys.ts';
import { findSshd, type SshdProgram } from '../../infra/setup/sshd.ts';

/** A user of the sshd's own passwd, without any right that the login itself does not give. */
export const plainUser = 'visitor';
const plainUid = 54_321;

export type KeyKind = 'ed25519' | 'rsa' | 'ecdsa';

/** A folder of its own, keys to log in with, and everything that was started; `close` leaves nothing behind. */
export class SshWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'flotilla-ssh-'));
  readonly #closers: (() => Promise<void> | void)[] = [];

  constructor() {
    chmodSync(this.folder, 0o755);
    mkdirSync(join(this.folder, 'bin'));
    this.makeKey('login', 'ed25519');
    this.makeKey('stranger', 'ed25519');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'secret words', '-f', this.path('locked')]);
    writeFileSync(this.path('authorized_keys'), readFileSync(this.path('login.pub')));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  makeKey(name: string, kind: KeyKind): HostKey {
    rmSync(this.path(name), { force: true });
    execFileSync('ssh-keygen', ['-q', '-t', kind, '-N', '', '-f', this.path(name)]);
    const [algorithm = '', blob = ''] = readFileSync(this.path(`${name}.pub`), 'utf8').split(' ');
    const digest = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64');
    return { algorithm, fingerprint: `SHA256:${digest.replace(/=+$/, '')}` };
  }

  /** A program that sessions find before any other of its name. */
  program(name: string, text: string): void {
    writeFileSync(join(this.folder, 'bin', name), text, { mode: 0o755 });
  }

  /** Names of keys as a worker has them. */
  get config(): SshConfig {
    const file = (name: string) => [{ kind: 'file' as const, path: this.path(name) }];
    return {
      keys: new Map(['login', 'stranger', 'locked', 'absent'].map((name) => [name, file(name)])),
      keysFolder: null,
      sudoPasswordFiles: new Map(),
    };
  }

  onClose(closer: () => Promise<void> | void): void {
    this.#closers.unshift(closer);
  }

  async close(): Promise<void> {
    for (const closer of this.#closers) await closer();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A real sshd on loopback, in mount and pid namespaces of its own: ending it ends its sessions too. */
  async startSshd(options: { hostKeys?: string[]; settings?: string[] } = {}): Promise<Sshd> {
    const program = findSshd();
    if (program === null) throw new Error('these tests need sshd: run `npm run setup`');
    const port = await freePort();
    const name = `sshd-${port}`;
    const hostKeys = options.hostKeys ?? [this.#defaultHostKey()];
    writeFileSync(this.path(`${name}.conf`), sshdConfig(this.folder, port, hostKeys, options.settings ?? []));
    const others = readFileSync('/etc/passwd', 'utf8').replace(/^(root|sshd):.*\n/gm, '');
    const root = `root:x:0:0:root:${this.folder}:/bin/bash\n`;
    writeFileSync(this.path('passwd'), `${root}${others}${passwdLines}\n`);
    writeFileSync(this.path('shadow'), `${readFileSync('/etc/shadow', 'utf8')}${plainUser}:*:19000:0:99999:7:::\n`);
    const sshd = new Sshd(this, program, name, port);
    this.onClose(() => sshd.stop());
    await sshd.start();
    return sshd;
  }

  #defaultHostKey(): string {
    if (!existsSync(this.path('host_ed25519'))) this.makeKey('host_ed25519', 'ed25519');
    return 'host_ed25519';
  }
}

/** sshd gives up its rights to a user of that name, which only an installed package makes. */
const passwdLines = `sshd:x:54320:65534::/run/sshd:/usr/sbin/nologin\n${plainUser}:x:${plainUid}:${plainUid}::/tmp:/bin/sh`;

const sshdConfig = (folder: string, port: number, hostKeys: string[], settings: string[]): string =>
  [
    ...settings,
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    ...hostKeys.map((key) => `HostKey ${join(folder, key)}`),
    `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
    'PidFile none',
    'UsePAM no',
    'StrictModes no',
    'PermitRootLogin prohibit-password',
    `SetEnv PATH=${join(folder, 'bin')}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`,
    '',
  ].join('\n');

/** Hides whatever Docker the machine has, gives sshd the folder it insists on, and the user that only it knows. */
const entry = `set -e
mount -t tmpfs tmpfs /run; mkdir /run/sshd
mount --bind "$1/passwd" /etc/passwd; mount --bind "$1/shadow" /etc/shadow
: >"$1/hidden"; chmod 644 "$1/hidden"
for program in docker dockerd sudo; do
  for place in /usr/local/bin /usr/bin /usr/sbin; do
    [ -e "$place/$program" ] && mount --bind "$1/hidden" "$place/$program"
  done
done
LD_LIBRARY_PATH=$4 exec "$3" -D -e -f "$1/$2.conf" 2>>"$1/$2.log"`;

export class Sshd {
  readonly port: number;
  readonly #world: SshWorld;
  readonly #program: SshdProgram;
  readonly #name: string;
  #process: ChildProcess | null = null;

  constructor(world: SshWorld, program: SshdProgram, name: string, port: number) {
    this.#world = world;
    this.#program = program;
    this.#name = name;
    this.port = port;
  }

  /** What sshd has said so far. */
  get log(): string {
    return readFileSync(this.#world.path(`${this.#name}.log`), 'utf8');
  }

  /** This sshd as a host of ours. */
  host(fields: Partial<Host> = {}): Host {
    const usual = { name: 'h1', address: '127.0.0.1', port: this.port, user: 'root', key: 'login', via: null };
    return { ...usual, hostKeys: [], acceptNew: true, cluster: null, ...fields };
  }

  async start(): Promise<void> {
    const namespaces = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
    const { path, libraries } = this.#program;
    const shell = ['sh', '-c', entry, 'sh', this.#world.folder, this.#name, path, libraries.join(':')];
    const child = spawn('unshare', [...namespaces, ...shell], { stdio: 'ignore' });
    this.#process = child;
    await until(() => accepts(this.port), `sshd on ${this.port}`);
  }

  async stop(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null || child.exitCode !== null) return;
    const ended = new Promise((resolve) => {
      child.once('exit', resolve);
    });
    child.kill('SIGKILL');
    await ended;
    await until(async () => !(await accepts(this.port)), `the end of sshd on ${this.port}`);
  }
}

/** The refusal that an attempt ends with; anything else fails the test. */
export async function refusalOf(attempt: Promise<unknown>): Promise<AppError> {
  const error: unknown = await attempt.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof AppError) return error;
  throw new Error(`expected a refusal, and got ${String(error)}`);
}

/** A TCP relay that can cut its connections, or let them hang as a broken network does. */
export class Relay {
  readonly #pairs = new Set<[Socket, Socket]>();
  readonly #server = createServer((from) => this.#pair(from));
  #target: number;
  #frozen = false;
  port = 0;

  constructor(target: number) {
    this.#target = target;
  }

  async start(world: SshWorld): Promise<this> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    this.port = portOf(this.#server.address());
    world.onClose(() => this.stop());
    return this;
  }

  get connections(): number {
    return this.#pairs.size;
  }

  /** Ends all connections now, without a word of SSH. */
  cut(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
  }

  /** From now on nothing passes, and nothing is closed. */
  freeze(): void {
    this.#frozen = true;
    for (const pair of this.#pairs) for (const socket of pair) socket.pause();
  }

  /** New connections go there. */
  redirect(target: number): void {
    this.#target = target;
    this.#frozen = false;
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #pair(from: Socket): void {
    const to = connect({ host: '127.0.0.1', port: this.#target, noDelay: true });
    const pair: [Socket, Socket] = [from.setNoDelay(), to];
    this.#pairs.add(pair);
    const end = (): void => {
      this.#pairs.delete(pair);
      from.destroy();
      to.destroy();
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    from.on('data', (chunk) => to.write(chunk));
    to.on('data', (chunk) => from.write(chunk));
    if (this.#frozen) for (const socket of pair) socket.pause();
  }
}

/** Asks until it is so; fails after ten seconds. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = performance.now() + 10_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited 10 s for ${what}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
}

export function portOf(address: ReturnType<ReturnType<typeof createServer>['address']>): number {
  if (address === null || typeof address === 'string') throw new Error('this server has no TCP port');
  return address.port;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const port = portOf(server.address());
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  return port;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
