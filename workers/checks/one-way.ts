import { setTimeout as pause } from 'node:timers/promises';
import type { OneWay } from '#core/diagnosis/symptoms.ts';
import { AppError } from '#core/errors.ts';
import { type ProbeCheck, probeArgs, probeLineReader } from '../probe/protocol.ts';
import type { Prober } from './probe-container.ts';
import type { Started } from './probers.ts';

/** Where the listeners are, beside that of the bulk test. */
const port = 39_872;
const listenMs = 9000;
const execLimitMs = 8000;
/** What was sent arrives at once or never. */
const graceMs = 300;

/**
 * Single datagrams through the overlays, each direction for itself: an echo needs both, so it cannot tell which is
 * dead. What arrived is what a bound socket at the other end heard.
 */
export async function sendOneWay(
  started: readonly Started[],
  peers: ReadonlyMap<string, readonly string[]>,
): Promise<OneWay[]> {
  const probers = started.flatMap((one) => ('prober' in one && one.prober.places.length > 0 ? [one.prober] : []));
  const ears = new Map(probers.map((prober) => [prober, listenAt(prober)]));
  const isReady = await Promise.all([...ears.values()].map(({ ready }) => ready));
  const sent = await Promise.all(probers.map((prober) => send(prober, probers, peers.get(prober.host) ?? [])));
  await pause(graceMs);
  const deaf = new Set(probers.filter((_, index) => isReady[index] !== true));
  return sent
    .flat()
    .filter(({ receiver }) => !deaf.has(receiver))
    .map(({ network, from, to, nonce, receiver }) => {
      return { network, from, to, arrived: ears.get(receiver)?.heard.has(nonce) === true };
    });
}

interface Ear {
  /** Nonces until now. */
  heard: Set<string>;
  /** False when it ended without ever listening, so that nothing can be said. */
  ready: Promise<boolean>;
}

function listenAt(prober: Prober): Ear {
  const heard = new Set<string>();
  const { promise: ready, resolve } = Promise.withResolvers<boolean>();
  const reader = probeLineReader((event) => {
    if (event.event === 'ready') resolve(event.listeners.every(({ error }) => error === undefined));
    if (event.event === 'heard') heard.add(event.nonce);
  });
  const run = { listen: [{ proto: 'udp' as const, port }], stayMs: listenMs };
  const ended = prober.exec(['/probe', ...probeArgs(run)], listenMs, (text) => reader.push(text));
  ended.then(
    () => resolve(false),
    () => resolve(false),
  );
  return { heard, ready };
}

interface Sent {
  network: string;
  from: string;
  to: string;
  nonce: string;
  receiver: Prober;
}

async function send(prober: Prober, all: readonly Prober[], peers: readonly string[]): Promise<Sent[]> {
  const sent = prober.places.flatMap(({ network }) =>
    all
      .filter(({ host }) => host !== prober.host && peers.includes(host))
      .flatMap((receiver) =>
        receiver.places
          .filter((place) => place.network === network)
          .map(({ address }) => {
            const nonce = `${prober.host}-${receiver.host}-${crypto.randomUUID()}`;
            const check: ProbeCheck = { kind: 'udp', id: nonce, host: address, port, nonce };
            return { network, from: prober.host, to: receiver.host, nonce, receiver, check };
          }),
      ),
  );
  try {
    if (sent.length > 0)
      await prober.run(
        sent.map(({ check }) => check),
        execLimitMs,
      );
    return sent;
  } catch (error) {
    // Not sent is not lost.
    if (error instanceof AppError) return [];
    throw error;
  }
}
