import { setTimeout as pause } from 'node:timers/promises';
import type { OneWay } from '#core/diagnosis/symptoms.ts';
import { AppError, orRefusal } from '#core/errors.ts';
import type { CheckResult } from '#core/verification.ts';
import { type ProbeCheck, type ProbeListener, probeArgs, probeLineReader } from '../probe/protocol.ts';
import type { Prober } from './probe-container.ts';
import type { Started } from './probers.ts';
import type { Peer } from './underlay-checks.ts';
import { waitFor } from '../wait-for.ts';

/** Where the listeners on overlays are, beside that of the bulk test. */
const overlayPort = 39_872;
const listenMs = 9000;
const execLimitMs = 8000;
/** What was sent arrives at once or never. */
const graceMs = 300;
/** How long a listener may take to tell what it has heard. */
const toldLimitMs = 3000;

/** Where a prober listens. On an overlay the port is its own; on a host's network only one address is taken. */
interface Spot {
  prober: Prober;
  network: string;
  address: string;
}

/** Which hosts each host sends to. */
type Peers = ReadonlyMap<string, readonly string[]>;

/**
 * Single datagrams through the overlays, each direction for itself: an echo needs both, so it cannot tell which is
 * dead. What arrived is what a bound socket at the other end heard.
 */
export async function sendOneWay(started: readonly Started[], peers: Peers): Promise<OneWay[]> {
  const spots = started.flatMap((one): Spot[] =>
    'prober' in one ? one.prober.places.map((place) => ({ ...place, prober: one.prober })) : [],
  );
  const sent = await sendAll(spots, peers, { port: overlayPort });
  return sent.map(({ from, to, arrived }) => ({
    network: to.network,
    from: from.prober.host,
    to: to.prober.host,
    arrived,
  }));
}

/**
 * The same from host to host outside of all overlays, to a port beside the data path: where it passes and the data path
 * does not, that port alone is taken away.
 */
export async function sendBeside(
  started: readonly Started[],
  peers: Peers,
  { at, port }: { at: readonly Peer[]; port: number },
): Promise<CheckResult[]> {
  const spots = started.flatMap((one): Spot[] => {
    const address = at.find(({ host }) => host === one.vantage.host)?.address;
    return 'prober' in one && address !== undefined ? [{ prober: one.prober, network: 'host', address }] : [];
  });
  const sent = await sendAll(spots, peers, { port, onlyAt: true });
  return sent.map(({ from, to, arrived }) => ({
    level: 'L1',
    check: 'control-udp',
    network: null,
    from: from.prober.host,
    to: to.prober.host,
    target: `${to.address}:${port}`,
    result: arrived ? 'ok' : 'failed',
    detail: arrived ? 'a datagram arrived' : 'a datagram left, and never arrived',
    ms: null,
  }));
}

interface Sent {
  from: Spot;
  to: Spot;
  arrived: boolean;
}

/** Nothing is said of what nobody could listen for, or nobody could send. */
async function sendAll(
  spots: readonly Spot[],
  peers: Peers,
  { port, onlyAt = false }: { port: number; onlyAt?: boolean },
): Promise<Sent[]> {
  const listening = [...Map.groupBy(spots, ({ prober }) => prober)].map(([prober, own]) => {
    const addresses = own.map(({ address }): ProbeListener => ({ proto: 'udp', address, port }));
    return { prober, own, ear: listenAt(prober, onlyAt ? addresses : [{ proto: 'udp', port }]) };
  });
  const isReady = await Promise.all(listening.map(({ ear }) => ear.ready));
  const sent = await Promise.all(listening.map(({ prober, own }) => send(prober, own, { spots, peers, port })));
  await pause(graceMs);
  const isWhole = await Promise.all(
    listening.map(async (one, at) => isReady[at] === true && (await hasToldAll(one, port))),
  );
  const hearing = new Map(listening.flatMap(({ prober, ear }, at) => (isWhole[at] === true ? [[prober, ear]] : [])));
  return sent.flat().flatMap(({ from, to, nonce }) => {
    const ear = hearing.get(to.prober);
    return ear === undefined ? [] : [{ from, to, arrived: ear.heard.has(nonce) }];
  });
}

/**
 * Sends one datagram more, to itself: once that is told, all that came before it is. Where the machine is busy the word
 * of a listener may be seconds on its way, and what was heard is not lost.
 */
async function hasToldAll({ prober, own, ear }: Listening, port: number): Promise<boolean> {
  const [spot] = own;
  if (spot === undefined) return false;
  const nonce = `${prober.host}-${crypto.randomUUID()}`;
  const last: ProbeCheck = { kind: 'udp', id: nonce, host: spot.address, port, nonce };
  if ((await orRefusal(prober.run([last], execLimitMs))) instanceof AppError) return false;
  return (await waitFor(async () => ear.heard.has(nonce) || undefined, { limitMs: toldLimitMs })) === true;
}

interface Listening {
  prober: Prober;
  own: readonly Spot[];
  ear: Ear;
}

interface Ear {
  /** Nonces until now. */
  heard: Set<string>;
  /** False when it ended without ever listening, so that nothing can be said. */
  ready: Promise<boolean>;
}

function listenAt(prober: Prober, listen: ProbeListener[]): Ear {
  const heard = new Set<string>();
  const { promise: ready, resolve } = Promise.withResolvers<boolean>();
  const reader = probeLineReader((event) => {
    if (event.event === 'ready') resolve(event.listeners.every(({ error }) => error === undefined));
    if (event.event === 'heard') heard.add(event.nonce);
  });
  const ended = prober.exec(['/probe', ...probeArgs({ listen, stayMs: listenMs })], listenMs, (text) =>
    reader.push(text),
  );
  ended.then(
    () => resolve(false),
    () => resolve(false),
  );
  return { heard, ready };
}

interface To {
  spots: readonly Spot[];
  peers: Peers;
  port: number;
}

async function send(prober: Prober, own: readonly Spot[], { spots, peers, port }: To) {
  const near = peers.get(prober.host) ?? [];
  const sent = own.flatMap((from) =>
    spots
      .filter((to) => to.network === from.network && to.prober.host !== prober.host && near.includes(to.prober.host))
      .map((to) => {
        const nonce = `${prober.host}-${to.prober.host}-${crypto.randomUUID()}`;
        const check: ProbeCheck = { kind: 'udp', id: nonce, host: to.address, port, nonce };
        return { from, to, nonce, check };
      }),
  );
  try {
    const checks = sent.map(({ check }) => check);
    if (checks.length > 0) await prober.run(checks, execLimitMs);
    return sent;
  } catch (error) {
    // Not sent is not lost.
    if (error instanceof AppError) return [];
    throw error;
  }
}
