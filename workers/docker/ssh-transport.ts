import type { Duplex } from 'node:stream';
import { AppError } from '#core/errors.ts';
import type { Host } from '#core/host.ts';
import { commandLine, dialStdioCommand, dockerAccessScript, sudoCommand, sudoPasswordCommand } from '../ssh/command.ts';
import { ChannelRefused, type Exit, type SshConnection } from '../ssh/connection.ts';
import { run } from '../ssh/exec.ts';
import type { SshPool } from '../ssh/pool.ts';
import { chooseWay, forbidden, parseDockerAccess, type Way } from './access.ts';
import { answerSudo, promptMark, readyMark } from './sudo.ts';
import type { Transport } from './transport.ts';

/** Long enough for a host that is busy, and not much to wait on top of a time limit that is over. */
const hostAnswersMs = 3000;
/** Stream-local channels are not counted by sshd. */
const streamLocalConnections = 32;
/** Each takes one of the connection's 8 sessions; the rest is for commands. */
const stdioConnections = 5;

/** The Docker socket of a host, over the pool's connection to it. */
export class SshTransport implements Transport {
  readonly #pool: SshPool;
  readonly #socketPath: string;
  #host: Host;
  #hosts: ReadonlyMap<string, Host>;
  #way: Promise<Way> | null = null;
  /** The stream with which the way was found, for the first who dials. */
  #spare: Duplex | null = null;

  constructor(pool: SshPool, host: Host, hosts: ReadonlyMap<string, Host>, socketPath = '/var/run/docker.sock') {
    this.#pool = pool;
    this.#host = host;
    this.#hosts = hosts;
    this.#socketPath = socketPath;
  }

  get host(): string {
    return this.#host.name;
  }

  /** Takes over what is known of the host now, such as its pinned keys. */
  update(host: Host, hosts: ReadonlyMap<string, Host>): void {
    this.#host = host;
    this.#hosts = hosts;
  }

  async connections(): Promise<number> {
    return (await this.#findWay()).kind === 'stream-local' ? streamLocalConnections : stdioConnections;
  }

  /** Where a command was needed before, the straight way is tried anew: sshd may have been set up since. */
  async forwards(): Promise<boolean> {
    if ((await this.#findWay()).kind === 'stream-local') return true;
    this.#way = null;
    return (await this.#findWay()).kind === 'stream-local';
  }

  async dial(): Promise<Duplex> {
    const way = await this.#findWay();
    const spare = this.#spare;
    this.#spare = null;
    if (spare !== null && !spare.destroyed) return spare;
    const connection = await this.#connect();
    if (way.kind !== 'stream-local') return this.#dialStdio(connection, way);
    try {
      return await connection.openStreamLocal(this.#socketPath);
    } catch (error) {
      if (!(error instanceof ChannelRefused)) throw error;
      this.#way = null;
      const other = await this.#findWay();
      if (other.kind !== 'stream-local') return this.#dialStdio(connection, other);
      return this.dial();
    }
  }

  async hostAnswers(): Promise<boolean> {
    try {
      const connection = await this.#pool.connect(this.#host, this.#hosts, AbortSignal.timeout(hostAnswersMs));
      return await connection.answers(hostAnswersMs);
    } catch {
      return false;
    }
  }

  #connect(): Promise<SshConnection> {
    return this.#pool.connect(this.#host, this.#hosts);
  }

  #findWay(): Promise<Way> {
    this.#way ??= this.#find().catch((error: unknown) => {
      this.#way = null;
      throw error;
    });
    return this.#way;
  }

  async #find(): Promise<Way> {
    const connection = await this.#connect();
    try {
      this.#spare = await connection.openStreamLocal(this.#socketPath);
      return { kind: 'stream-local' };
    } catch (error) {
      if (!(error instanceof ChannelRefused)) throw error;
    }
    const { argv, stdin } = dockerAccessScript(this.#socketPath);
    const { stdout, stderr } = await run(connection, argv, { stdin, timeoutMs: 15_000 });
    const access = parseDockerAccess(stdout);
    const at = { host: this.#host.name, user: this.#host.user };
    if (access === null) throw noShell(at, stderr);
    return chooseWay(at, access, access.sudo === 'password' ? await this.#pool.keys.sudoPassword(at.host) : null);
  }

  async #dialStdio(connection: SshConnection, way: Exclude<Way, { kind: 'stream-local' }>): Promise<Duplex> {
    const docker = dialStdioCommand(way.docker, this.#socketPath);
    const at = { host: this.#host.name, user: this.#host.user };
    const faultWhenEmpty = (exit: Exit, stderr: string): AppError => {
      this.#way = null;
      return stdioFault(at, exit, stderr);
    };
    if (way.kind === 'sudo-password') {
      const argv = sudoPasswordCommand(docker, promptMark, readyMark);
      const session = await connection.openSession(commandLine(argv), { faultWhenEmpty });
      return answerSudo(session, way.password, (why) => forbidden(at, 'password', why));
    }
    const argv = way.kind === 'sudo' ? sudoCommand(docker) : docker;
    return (await connection.openSession(commandLine(argv), { faultWhenEmpty })).stream;
  }
}

/** What it means that the CLI or sudo ended before the engine said a word. */
function stdioFault(at: { host: string; user: string }, exit: Exit, stderr: string): AppError {
  if (/permission denied|password is required|may not run sudo|not allowed to|must have a tty/i.test(stderr)) {
    return forbidden(at, 'password', `its attempt ended with: ${stderr}`);
  }
  const { host } = at;
  const done = 'Nothing was changed on the host by this call.';
  if (exit.code === 127 || /command not found|no such file/i.test(stderr)) {
    return new AppError('engine_missing', `The docker command on ${host} is gone (${stderr}).`, {
      host,
      done,
      next: 'Install Docker there.',
    });
  }
  const why = stderr || (exit.code === null ? `signal ${exit.signal ?? 'unknown'}` : `exit code ${exit.code}`);
  return new AppError('engine_unreachable', `The Docker Engine on ${host} does not answer: ${why}.`, {
    host,
    done,
    next: 'Start it (systemctl start docker) and look at its log (journalctl -u docker).',
  });
}

const noShell = ({ host, user }: { host: string; user: string }, stderr: string): AppError =>
  new AppError(
    'engine_forbidden',
    `sshd on ${host} forwards no stream to the Docker socket, and ${user} gets no shell (${stderr.trim()}).`,
    {
      host,
      done: 'Nothing was changed on the host.',
      next: 'Set AllowStreamLocalForwarding yes in sshd_config there, and give the user access to the Docker socket.',
    },
  );
