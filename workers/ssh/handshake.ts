import { connect as connectTcp } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Algorithms, AnyAuthMethod, ConnectConfig } from 'ssh2';
import ssh2, { type Client } from 'ssh2';
import type { Host, HostKey } from '#core/host.ts';
import { orAborted } from './abort.ts';
import { handshakeFault, unreachable } from './faults.ts';
import { hostKeyRefusal, judgeHostKey, readHostKey } from './host-key.ts';

/**
 * Quickest first, measured against sshd 9.2: P-256 costs sshd less than curve25519 (20 at once 165 ms, not 200), and
 * AES-GCM runs in OpenSSL with no MAC beside it. The rest keeps older and stricter servers in reach.
 */
const algorithms = {
  kex: [
    'ecdh-sha2-nistp256',
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group-exchange-sha256',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group14-sha256',
  ],
  cipher: [
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'aes128-ctr',
    'aes256-ctr',
    'chacha20-poly1305@openssh.com',
  ],
} satisfies Algorithms;

export interface HandshakeAsk {
  host: Host;
  methods: AnyAuthMethod[];
  /** Host key algorithms, the best first. */
  offer: readonly string[];
  socket: Duplex;
  timeoutMs: number;
  keepaliveMs: number;
  signal: AbortSignal;
}

/** A logged-in client and the host key it was verified by. Throws AppError; the socket is closed then. */
export async function handshake(ask: HandshakeAsk): Promise<{ client: Client; hostKey: HostKey }> {
  const { host } = ask;
  const client = new ssh2.Client();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let shown: HostKey | null = null;
  const fail = (error: Error & { level?: string }): void => {
    // An agent that fails is not the end: other methods may follow.
    if (error.level !== 'agent') reject(error);
  };
  client
    .once('ready', resolve)
    .on('error', fail)
    .once('close', () => reject(new Error('it closed the connection before the login')));
  const verify = (blob: Buffer): boolean => {
    shown = readHostKey(blob);
    const verdict = judgeHostKey(host, shown);
    if (verdict === 'unknown' || verdict === 'changed') reject(hostKeyRefusal(host, shown, verdict));
    return verdict === 'pinned' || verdict === 'accepted';
  };
  try {
    client.connect(clientConfig(ask, verify));
    await orAborted(promise, ask.signal);
  } catch (error) {
    ask.socket.destroy();
    throw error;
  } finally {
    client.off('error', fail);
    // ssh2 may say more about a connection that is given up; unheard errors would end the process.
    client.on('error', () => undefined);
  }
  if (shown === null) throw unreachable(host, 'it logged us in without showing a host key');
  return { client, hostKey: shown };
}

function clientConfig(ask: HandshakeAsk, verify: (blob: Buffer) => boolean): ConnectConfig {
  return {
    sock: asReadable(ask.socket),
    username: ask.host.user,
    authHandler: ask.methods,
    algorithms: { ...algorithms, serverHostKey: asHostKeyAlgorithms(ask.offer) },
    hostVerifier: verify,
    readyTimeout: ask.timeoutMs,
    keepaliveInterval: ask.keepaliveMs,
    keepaliveCountMax: 3,
  };
}

/** Safe: the types ask for a Readable, the library writes to it too and documents any Duplex. */
const asReadable = (socket: Duplex): NonNullable<ConnectConfig['sock']> => socket;

/** Safe: the offers are made of the names in host-key.ts, all of which ssh2 supports. */
const asHostKeyAlgorithms = (offer: readonly string[]): NonNullable<Algorithms['serverHostKey']> =>
  offer as NonNullable<Algorithms['serverHostKey']>;

/** A TCP connection without Nagle's delay, which costs a handshake about 180 ms. */
export function dialTcp(host: Host, timeoutMs: number, signal: AbortSignal): Promise<Duplex> {
  const { promise, resolve, reject } = Promise.withResolvers<Duplex>();
  const socket = connectTcp({ host: host.address, port: host.port, noDelay: true, keepAlive: true, signal });
  const timer = setTimeout(
    () => socket.destroy(Object.assign(new Error('time limit'), { code: 'ETIMEDOUT' })),
    timeoutMs,
  );
  const fail = (error: Error): void => {
    clearTimeout(timer);
    reject(handshakeFault(host, error));
  };
  socket.once('error', fail);
  socket.once('connect', () => {
    clearTimeout(timer);
    socket.off('error', fail);
    resolve(socket);
  });
  return promise;
}
