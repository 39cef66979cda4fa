import { setTimeout as pause } from 'node:timers/promises';
import type { Duplex } from 'node:stream';
import type { AnyAuthMethod, Client } from 'ssh2';
import { AppError } from '#core/errors.ts';
import type { Host, HostKey } from '#core/host.ts';
import { ChannelRefused, type SshConnection } from './connection.ts';
import { handshakeFault, isTurnedAway, unreachable } from './faults.ts';
import { dialTcp, handshake } from './handshake.ts';
import { offersFor } from './host-key.ts';
import { Slots } from './slots.ts';

/** All at once; more would only make each slower. */
const handshakesMax = 32;
/** To one sshd, or through one bastion: MaxStartups turns away from 10 on, and counts who is in for a moment longer. */
const handshakesPerServerMax = 6;
/** Waits before asking an sshd again that turned us away unheard. */
const turnedAwayPausesMs = [150, 500, 1500];

export interface OpenAsk {
  host: Host;
  methods: AnyAuthMethod[];
  /** The connection to the host's bastion, or null for a direct one. */
  via: SshConnection | null;
}

interface Limits {
  handshakeTimeoutMs: number;
  keepaliveMs: number;
  /** Ends what is under way, when the pool closes. */
  signal: AbortSignal;
  /** Called for each handshake that is begun. */
  onHandshake: (host: Host) => void;
}

/** Makes logged-in clients, not too many handshakes at a time. */
export class Opener {
  readonly #limits: Limits;
  readonly #all = new Slots(handshakesMax);
  readonly #perServer = new Map<string, Slots>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Throws AppError. With several offers the pin names no algorithm: the key may be any of the host's keys. */
  async open(ask: OpenAsk): Promise<{ client: Client; hostKey: HostKey }> {
    const offers = offersFor(ask.host.hostKeys);
    let first: unknown;
    for (const offer of offers) {
      try {
        return await this.#patiently(ask, offer);
      } catch (error) {
        this.#limits.signal.throwIfAborted();
        first ??= error;
        if (!mayBeOtherKey(error)) break;
      }
    }
    throw handshakeFault(ask.host, first);
  }

  async #patiently(ask: OpenAsk, offer: readonly string[]): ReturnType<typeof handshake> {
    for (const pauseMs of turnedAwayPausesMs) {
      try {
        return await this.#once(ask, offer);
      } catch (error) {
        if (!isTurnedAway(error)) throw error;
        // A random part, so that many who were turned away together do not come back together.
        await pause(pauseMs * (0.5 + Math.random()), undefined, { signal: this.#limits.signal });
      }
    }
    return this.#once(ask, offer);
  }

  async #once(ask: OpenAsk, offer: readonly string[]): ReturnType<typeof handshake> {
    const { host, methods, via } = ask;
    const { handshakeTimeoutMs: timeoutMs, keepaliveMs, signal } = this.#limits;
    const releaseServer = await this.#slotsOf(host).take(signal);
    try {
      const release = await this.#all.take(signal);
      try {
        this.#limits.onHandshake(host);
        const socket = via === null ? await dialTcp(host, timeoutMs, signal) : await dialThrough(via, host);
        return await handshake({ host, methods, offer, socket, timeoutMs, keepaliveMs, signal });
      } finally {
        release();
      }
    } finally {
      releaseServer();
    }
  }

  #slotsOf(host: Host): Slots {
    const server = host.via === null ? `${host.address}:${host.port}` : `via ${host.via}`;
    const slots = this.#perServer.get(server) ?? new Slots(handshakesPerServerMax);
    this.#perServer.set(server, slots);
    return slots;
  }
}

const mayBeOtherKey = (error: unknown): boolean =>
  error instanceof AppError
    ? error.code === 'host_key_changed'
    : error instanceof Error && /no matching/i.test(error.message);

async function dialThrough(via: SshConnection, host: Host): Promise<Duplex> {
  try {
    return await via.openTcp(host.address, host.port);
  } catch (error) {
    if (!(error instanceof ChannelRefused)) throw error;
    throw unreachable(host, `${via.host} could not connect to it (${error.message})`, error);
  }
}
