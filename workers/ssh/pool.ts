import { AppError } from '#core/errors.ts';
import type { Host, HostKey } from '#core/host.ts';
import { type Meter, noMeter } from '#core/meter.ts';
import { traced } from '../telemetry.ts';
import type { SshConfig } from './keys.ts';
import { orAborted } from './abort.ts';
import { SshConnection } from './connection.ts';
import { hostKeyRefusal, judgeHostKey } from './host-key.ts';
import { KeyRing } from './keys.ts';
import { Opener } from './open-connection.ts';
import { identityOf, routeTo } from './route.ts';

export interface SshPoolOptions {
  config: SshConfig;
  /** A key that was accepted at first contact, or that a fingerprint without an algorithm turned out to be: pin it. */
  onHostKey?: (host: Host, key: HostKey) => void;
  /** A host showed another key than the pinned one: a security event. */
  onHostKeyChanged?: (host: Host, refusal: AppError) => void;
  /** A connection on which nothing runs is closed after this. */
  idleCloseMs?: number;
  /** For the TCP connection, and again for the handshake. */
  handshakeTimeoutMs?: number;
  /** One that nobody has used for so long is asked whether it still leads to its host. */
  restedMs?: number;
  /** Three of them without an answer, and the connection counts as lost. */
  keepaliveMs?: number;
  meter?: Meter;
}

interface Entry {
  /** Changes when the host is to be reached in another way. */
  identity: string;
  /** The keys to which the host was held when it was opened. */
  pins: string;
  connection: Promise<SshConnection>;
  /** When it was last known to lead to its host, in milliseconds of the worker's own clock. */
  seenAtMs: number;
  /** A look whether it still does, shared by all who ask meanwhile. */
  asked: Promise<boolean> | null;
}

/** sshd says at once that there is nothing to end; several times the longest round trip on the ground. */
const answerLimitMs = 2_500;

type Hosts = ReadonlyMap<string, Host>;

/**
 * One connection per host, shared by everything that this worker does there. A host is connected at the first ask and
 * again after a loss; those who ask meanwhile wait for the same handshake. A bastion (`via`) is a host like the others.
 */
export class SshPool {
  readonly keys: KeyRing;
  /** Handshakes begun, by host. */
  readonly handshakesPerHost = new Map<string, number>();
  /** Channels opened, by host. */
  readonly channelsPerHost = new Map<string, number>();
  readonly #options: SshPoolOptions;
  readonly #meter: Meter;
  readonly #idleCloseMs: number;
  readonly #restedMs: number;
  readonly #opener: Opener;
  readonly #entries = new Map<string, Entry>();
  readonly #idleClocks = new Map<SshConnection, NodeJS.Timeout>();
  /** To be closed as soon as nothing runs on them. */
  readonly #retired = new WeakSet<SshConnection>();
  /** What a host without pins showed: whoever has the same record of it holds it to that until the API has pinned it. */
  readonly #accepted = new WeakMap<Host, HostKey>();
  readonly #closing = new AbortController();

  constructor(options: SshPoolOptions) {
    this.#options = options;
    this.#meter = options.meter ?? noMeter;
    this.#idleCloseMs = options.idleCloseMs ?? 120_000;
    this.#restedMs = options.restedMs ?? 5_000;
    this.keys = new KeyRing(options.config);
    this.#meter.gauge('flotilla_ssh_connections', () => this.#entries.size);
    this.#opener = new Opener({
      handshakeTimeoutMs: options.handshakeTimeoutMs ?? 15_000,
      keepaliveMs: options.keepaliveMs ?? 10_000,
      signal: this.#closing.signal,
      onHandshake: (host) => count(this.handshakesPerHost, host.name),
    });
  }

  /**
   * The connection to a host; `hosts` are those that it may name as bastions. It stays the pool's: nobody closes it.
   * Throws AppError: host_unreachable, host_key_unknown, host_key_changed, ssh_auth_failed, ssh_key_unavailable, cancelled.
   */
  async connect(host: Host, hosts: Hosts, signal?: AbortSignal): Promise<SshConnection> {
    const entry = this.#entry(host, hosts);
    const connection = await this.#wait(entry.connection, host.name, signal);
    if (!(await this.#leads(entry, connection))) {
      this.#forget(host.name, entry);
      connection.close();
      return this.connect(host, hosts, signal);
    }
    const verdict = judgeHostKey(this.#heldTo(host), connection.hostKey);
    // Opened for whoever held the host to another key: what it shows now is told by a new handshake only.
    if (verdict === 'changed' && entry.pins !== this.#pinsOf(host)) return this.connectAnew(host, hosts, signal);
    if (verdict === 'unknown' || verdict === 'changed') throw this.#refuseKey(host, connection.hostKey, verdict);
    if (verdict === 'accepted') this.#accepted.set(host, connection.hostKey);
    this.#restartIdleClock(connection);
    return connection;
  }

  /** The same over a new connection: the one that is there is closed when nothing runs on it any more. */
  async connectAnew(host: Host, hosts: Hosts, signal?: AbortSignal): Promise<SshConnection> {
    const present = this.#entries.get(host.name);
    if (present !== undefined) {
      this.#forget(host.name, present);
      void this.#retire(present);
    }
    return this.connect(host, hosts, signal);
  }

  /** Closes every connection; what runs over them ends with ConnectionLost. Nothing can be connected afterwards. */
  async close(): Promise<void> {
    this.#closing.abort(stopping());
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    const closing = entries.map((entry) => entry.connection.then((connection) => connection.close()));
    await Promise.allSettled(closing);
  }

  #entry(host: Host, hosts: Hosts): Entry {
    const identity = identityOf(routeTo(host, hosts));
    const present = this.#entries.get(host.name);
    if (present?.identity === identity) return present;
    this.#closing.signal.throwIfAborted();
    const connection = this.#counted(host, hosts, () => this.#forget(host.name, entry));
    const pins = this.#pinsOf(host);
    const entry: Entry = { identity, pins, connection, seenAtMs: performance.now(), asked: null };
    this.#entries.set(host.name, entry);
    connection.catch(() => this.#forget(host.name, entry));
    if (present !== undefined) void this.#retire(present);
    return entry;
  }

  /**
   * A link that was away for a while is back before TCP tries again, and what goes over the old connection hangs: then the
   * engine behind it would seem to be silent. Such a connection is lost for all, and reads are asked again on a new one.
   */
  async #leads(entry: Entry, connection: SshConnection): Promise<boolean> {
    if (connection.closed || performance.now() - entry.seenAtMs < this.#restedMs) return true;
    entry.asked ??= connection.answers(answerLimitMs).finally(() => (entry.asked = null));
    const leads = await entry.asked;
    if (leads) entry.seenAtMs = performance.now();
    return leads;
  }

  #forget(name: string, entry: Entry): void {
    if (this.#entries.get(name) === entry) this.#entries.delete(name);
  }

  /** Opens it, and tells how that ended. */
  #counted(host: Host, hosts: Hosts, onClosed: () => void): Promise<SshConnection> {
    const attributes = { 'flotilla.host': host.name, 'server.address': host.address, 'server.port': host.port };
    const count = (outcome: string): void => this.#meter.count('flotilla_ssh_handshakes_total', { outcome });
    return traced({ name: 'ssh connect', kind: 'client', attributes }, () => this.#open(host, hosts, onClosed)).then(
      (connection) => {
        count('ok');
        return connection;
      },
      (error: unknown) => {
        count(error instanceof AppError ? error.code : 'internal');
        throw error;
      },
    );
  }

  async #open(host: Host, hosts: Hosts, onClosed: () => void): Promise<SshConnection> {
    const methods = await this.keys.methodsFor(host.key, host.user);
    const bastion = host.via === null ? undefined : hosts.get(host.via);
    const via = bastion === undefined ? null : await this.connect(bastion, hosts);
    const held = this.#heldTo(host);
    const { client, hostKey } = await this.#opener.open({ host: held, methods, via }).catch((error: unknown) => {
      if (error instanceof AppError && error.code === 'host_key_changed') this.#options.onHostKeyChanged?.(host, error);
      throw error;
    });
    if (!held.hostKeys.some((pin) => pin.algorithm === hostKey.algorithm)) this.#options.onHostKey?.(host, hostKey);
    const connection: SshConnection = new SshConnection(host.name, client, hostKey, host.hostKeys.length === 0, {
      onChannel: () => {
        count(this.channelsPerHost, host.name);
        this.#meter.count('flotilla_ssh_channels_total');
      },
      onIdle: () => this.#restartIdleClock(connection),
      onClosed: () => {
        clearTimeout(this.#idleClocks.get(connection));
        this.#idleClocks.delete(connection);
        onClosed();
      },
    });
    return connection;
  }

  async #wait(opening: Promise<SshConnection>, host: string, signal: AbortSignal | undefined): Promise<SshConnection> {
    try {
      return await orAborted(opening, signal);
    } catch (error) {
      if (signal?.aborted !== true || error instanceof AppError) throw error;
      throw new AppError('cancelled', `Connecting to ${host} was cancelled.`, { host });
    }
  }

  #heldTo(host: Host): Host {
    const accepted = this.#accepted.get(host);
    return accepted === undefined || host.hostKeys.length > 0 ? host : { ...host, hostKeys: [accepted] };
  }

  #pinsOf(host: Host): string {
    return this.#heldTo(host)
      .hostKeys.map(({ fingerprint }) => fingerprint)
      .join(' ');
  }

  #refuseKey(host: Host, shown: HostKey, verdict: 'unknown' | 'changed'): AppError {
    const refusal = hostKeyRefusal(host, shown, verdict);
    if (verdict === 'changed') this.#options.onHostKeyChanged?.(host, refusal);
    return refusal;
  }

  async #retire(entry: Entry): Promise<void> {
    const connection = await entry.connection.catch(() => null);
    if (connection === null) return;
    this.#retired.add(connection);
    this.#restartIdleClock(connection);
  }

  #restartIdleClock(connection: SshConnection): void {
    clearTimeout(this.#idleClocks.get(connection));
    this.#idleClocks.delete(connection);
    if (connection.closed || connection.inUse) return;
    const close = (): void => {
      if (!connection.inUse) connection.close();
    };
    this.#idleClocks.set(connection, setTimeout(close, this.#retired.has(connection) ? 0 : this.#idleCloseMs));
  }
}

const stopping = (): AppError => new AppError('cancelled', 'This worker is stopping and connects no host any more.');

function count(counters: Map<string, number>, host: string): void {
  counters.set(host, (counters.get(host) ?? 0) + 1);
}
