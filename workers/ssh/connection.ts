import type { Duplex, Readable } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import type { HostKey } from '#core/host.ts';
import { ChannelSocket } from './channel-socket.ts';
import { ConnectionLost } from './faults.ts';
import { Slots } from './slots.ts';

/** sshd's MaxSessions is 10 unless somebody lowered it; two are left for people. Other channels do not count. */
const sessionsMax = 8;
/** sshd opens a channel at once, or after one connect() on its side. */
const openTimeoutMs = 20_000;
/** Enough of stderr to say why a command failed. */
const stderrKept = 4096;

export interface Exit {
  /** Null when a signal ended it. */
  code: number | null;
  signal: string | null;
}

export interface SessionOptions {
  /** Ends the wait for a free session. */
  signal?: AbortSignal | undefined;
  /** Says what it means that the command ended without any output, by its exit and its stderr; null: nothing. */
  faultWhenEmpty?: (exit: Exit, stderr: string) => Error | null;
}

/** A command that runs on the host. */
export interface Session {
  /** Its stdin and stdout. */
  stream: Duplex;
  stderr: Readable;
  /** The beginning of stderr so far, where `faultWhenEmpty` has it watched: it may come before anybody listens. */
  said: () => string;
  /**
   * After all output was read. Never rejects: when the connection is lost there is neither code nor signal, and the
   * stream's `errored` is ConnectionLost.
   */
  exited: Promise<Exit>;
}

/** sshd did not open a channel; it hardly ever says why. */
export class ChannelRefused extends Error {
  /** It did not refuse either: it said nothing. */
  readonly timedOut: boolean;

  constructor(cause: Error, timedOut = false) {
    super(cause.message, { cause });
    this.name = 'ChannelRefused';
    this.timedOut = timedOut;
  }
}

export interface ConnectionEvents {
  /** A channel was opened, by what kind. */
  onChannel: () => void;
  /** The last open channel was closed. */
  onIdle: () => void;
  onClosed: () => void;
}

/** One SSH connection to one host. Channels on it are streams; when it is lost they all end with ConnectionLost. */
export class SshConnection {
  readonly host: string;
  /** The key it was verified by. */
  readonly hostKey: HostKey;
  /** True when that key was not pinned, and was accepted because the operator allowed it. */
  readonly firstContact: boolean;
  readonly #client: Client;
  readonly #events: ConnectionEvents;
  readonly #sessions = new Slots(sessionsMax);
  readonly #sockets = new Set<ChannelSocket>();
  readonly #sessionReleases = new Set<() => void>();
  #opening = 0;
  #closed = false;
  #fault: Error | undefined;

  constructor(host: string, client: Client, hostKey: HostKey, firstContact: boolean, events: ConnectionEvents) {
    this.host = host;
    this.hostKey = hostKey;
    this.firstContact = firstContact;
    this.#client = client;
    this.#events = events;
    client.on('error', (error: Error) => {
      this.#fault ??= error;
    });
    client.once('end', () => this.#lose());
    client.once('close', () => this.#lose());
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Whether anything runs over it; a connection in use is never closed for being idle. */
  get inUse(): boolean {
    return this.#sockets.size > 0 || this.#opening > 0;
  }

  /** A stream to a unix socket on the host. Throws ChannelRefused or ConnectionLost. */
  async openStreamLocal(path: string): Promise<Duplex> {
    return this.#open(
      (done) => this.#client.openssh_forwardOutStreamLocal(path, done),
      (channel) => this.#track(channel),
    );
  }

  /** A stream to a TCP address as the host reaches it. Throws ChannelRefused or ConnectionLost. */
  async openTcp(address: string, port: number): Promise<Duplex> {
    return this.#open(
      (done) => this.#client.forwardOut('127.0.0.1', 0, address, port, done),
      (channel) => this.#track(channel),
    );
  }

  /** Runs a command line (made by command.ts). Waits while too many run. Throws ChannelRefused or ConnectionLost. */
  async openSession(commandLine: string, options: SessionOptions = {}): Promise<Session> {
    const release = await this.#sessions.take(options.signal);
    try {
      const setUp = (channel: ClientChannel): Session => {
        this.#sessionReleases.add(release);
        channel.once('close', () => {
          this.#sessionReleases.delete(release);
          release();
        });
        return this.#session(channel, options);
      };
      return await this.#open((done) => this.#client.exec(commandLine, done), setUp);
    } catch (error) {
      release();
      const others = this.#sessions.taken;
      if (!(error instanceof ChannelRefused) || error.timedOut || others === 0) throw error;
      // This sshd allows fewer sessions than usual: wait for one of ours to end.
      this.#sessions.lowerTo(others);
      return this.openSession(commandLine, options);
    }
  }

  /**
   * Whether sshd still answers: asked to end a forwarding that nobody began, it says no. Takes no session and no channel,
   * and writes nothing into the host's log.
   */
  async answers(timeoutMs: number): Promise<boolean> {
    if (this.#closed) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), timeoutMs);
    try {
      this.#client.unforwardIn('127.0.0.1', 1, () => resolve(!this.#closed));
      return await promise;
    } catch {
      return false; // it is closed already
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends it for everybody. */
  close(): void {
    this.#client.end();
    this.#lose();
    this.#client.destroy();
  }

  /** `setUp` runs at once: the exit of a short command may come in the same packet as the channel. */
  async #open<T>(
    start: (done: (error: Error | undefined, channel: ClientChannel) => void) => void,
    setUp: (channel: ClientChannel) => T,
  ): Promise<T> {
    if (this.#closed) throw new ConnectionLost(this.host, this.#fault);
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    let givenUp = false;
    const timer = setTimeout(() => {
      givenUp = true;
      reject(new ChannelRefused(new Error(`no answer within ${openTimeoutMs / 1000} s`), true));
    }, openTimeoutMs);
    this.#opening += 1;
    try {
      start((error, channel) => {
        if (error) reject(this.#closed ? new ConnectionLost(this.host, this.#fault) : new ChannelRefused(error));
        else if (givenUp) channel.close();
        else resolve(setUp(channel));
      });
      return await promise;
    } catch (error) {
      if (error instanceof Error && error.message === 'Not connected') throw new ConnectionLost(this.host, this.#fault);
      throw error;
    } finally {
      clearTimeout(timer);
      this.#opening -= 1;
      if (!this.inUse) this.#events.onIdle();
    }
  }

  #session(channel: ClientChannel, { faultWhenEmpty }: SessionOptions): Session {
    const exit: Exit = { code: null, signal: null };
    channel.on('exit', (code: number | null, signal?: string) => Object.assign(exit, { code, signal: signal ?? null }));
    let said = '';
    if (faultWhenEmpty !== undefined) {
      channel.stderr.on('data', (chunk: Buffer) => {
        if (said.length < stderrKept) said += chunk.toString('utf8');
      });
    }
    const stream = this.#track(channel, faultWhenEmpty && (() => faultWhenEmpty(exit, said.trim())));
    return { stream, stderr: channel.stderr, said: () => said, exited: exitOf(stream, channel.stderr, exit) };
  }

  #track(channel: ClientChannel, faultWhenEmpty?: () => Error | null): ChannelSocket {
    const socket = new ChannelSocket(channel, faultWhenEmpty);
    this.#sockets.add(socket);
    this.#events.onChannel();
    channel.once('close', () => {
      this.#sockets.delete(socket);
      if (!this.inUse) this.#events.onIdle();
    });
    return socket;
  }

  /** Comes before ssh2 lets the channels end, which would look as if all had been received. */
  #lose(): void {
    if (this.#closed) return;
    this.#closed = true;
    const lost = new ConnectionLost(this.host, this.#fault);
    for (const socket of this.#sockets) socket.destroy(lost);
    this.#sockets.clear();
    for (const release of this.#sessionReleases) release();
    this.#events.onClosed();
  }
}

async function exitOf(stream: Duplex, stderr: Readable, exit: Exit): Promise<Exit> {
  const closed = new Promise<void>((resolve) => {
    stream.once('close', resolve);
  });
  const drained = new Promise<void>((resolve) => {
    stderr.once('end', resolve);
    stderr.once('close', resolve);
  });
  await closed;
  if (stream.errored === null) await drained;
  return exit;
}
