import { isIP } from 'node:net';
import { AppError } from '#core/errors.ts';
import type { SystemFacts } from '#core/observation.ts';
import type { HeldPort } from '#core/preflight/facts.ts';
import { factScript, reachScript, type Script } from './command.ts';
import type { SshConnection } from './connection.ts';
import { run } from './exec.ts';
import { heldPortOf } from './held-ports.ts';

/** Measuring a path that silently drops large packets costs a second for each of some ten tries. */
const timeoutMs = { plain: 20_000, withPeers: 45_000 };

const hostName = /^[A-Za-z0-9][A-Za-z0-9.-]*$/;

/**
 * Reads what the host's system says, by one command over the connection. `peers` are addresses or names to measure the
 * path MTU to. Throws AppError (unknown to the observation, not "is not there") when the host cannot tell.
 */
export async function readSystemFacts(
  connection: SshConnection,
  ask: { peers: readonly string[] },
  options: { signal?: AbortSignal } = {},
): Promise<SystemFacts> {
  const peers = ask.peers.map((peer) => peer.replace(/^\[|\]$/g, ''));
  const wrong = peers.find((peer) => isIP(peer) === 0 && !hostName.test(peer));
  if (wrong !== undefined) throw new AppError('invalid_input', `"${wrong}" is no address to measure a path to.`);
  const limit = peers.length === 0 ? timeoutMs.plain : timeoutMs.withPeers;
  const { facts } = await runForFacts(connection, factScript(peers), { timeoutMs: limit, ...options });
  return facts();
}

/** Runs a script that tells the facts of a system among others, and keeps the times that its clock is judged by. */
export async function runForFacts(
  connection: SshConnection,
  { argv, stdin }: Script,
  options: { signal?: AbortSignal; timeoutMs: number },
): Promise<{ stdout: string; facts: () => SystemFacts }> {
  const sentAtMs = Date.now();
  let arrivedAtMs = sentAtMs;
  let first = true;
  const onStdout = (): void => {
    if (first) arrivedAtMs = Date.now();
    first = false;
  };
  const { stdout, truncated } = await run(connection, argv, { stdin, onStdout, ...options });
  const facts = (): SystemFacts => {
    const told = truncated ? 'too much output' : parseSystemFacts(stdout, { sentAtMs, arrivedAtMs });
    if (typeof told !== 'string') return told;
    throw new AppError('step_failed', `${connection.host} did not tell the facts of its system: ${told}.`, {
      host: connection.host,
      done: 'Nothing was changed on the host.',
      next: 'The host needs a POSIX sh, and ip and ss (the iproute2 package).',
    });
  };
  return { stdout, facts };
}

/** Asks addresses of other hosts for an echo. Empty when the host cannot tell, which says nothing of the addresses. */
export async function readReach(
  connection: SshConnection,
  addresses: readonly string[],
): Promise<NonNullable<SystemFacts['reach']>> {
  const { argv, stdin } = reachScript(addresses);
  const { stdout } = await run(connection, argv, { stdin, timeoutMs: timeoutMs.plain });
  return stdout.includes('@@end') ? parseReach(stdout) : {};
}

/** Lines `10.79.0.2 yes 10.79.0.1`; the source is missing where there is no route. */
export const parseReach = (output: string): NonNullable<SystemFacts['reach']> =>
  Object.fromEntries(
    output.split('\n').flatMap((line) => {
      const [, address, said, source] = /^(\S+) (yes|no) ?(\S*)/.exec(line) ?? [];
      return address === undefined ? [] : [[address, { answers: said === 'yes', source: source || null }]];
    }),
  );

/** The facts in the script's output, or what is missing in it. */
export function parseSystemFacts(output: string, told: Told): SystemFacts | string {
  const sections = sectionsOf(output);
  if (!sections.has('end')) return 'the script did not come to its end';
  const lines = (name: string): string[] => sections.get(name) ?? [];
  const addresses = addressesOf(lines('addresses'));
  const sockets = lines('sockets');
  const clock = clockOffsetMs(lines('clock')[0] ?? '', told);
  if (addresses === null) return 'there is no ip command';
  if (sockets.length === 0) return 'there is neither ss nor grep';
  if (clock === null) return 'there is no date command';
  return {
    machineId: lines('machine-id')[0] || null,
    ipVs: lines('ip-vs')[0] === 'yes',
    listeningTcp: portsOf(sockets, 'tcp'),
    listeningUdp: portsOf(sockets, 'udp'),
    addresses,
    clockOffsetMs: clock,
    pathMtu: pathMtusOf(lines('path-mtu')),
  };
}

/** The lines of each section of a script's output, which begin with `@@name`. */
export function sectionsOf(output: string): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of output.split('\n')) {
    if (line.startsWith('@@')) sections.set(line.slice(2).trim(), (lines = []));
    else if (line.trim() !== '') lines.push(line.trim());
  }
  return sections;
}

const portsOf = (rows: readonly string[], proto: HeldPort['proto']): number[] => {
  const ports = rows.flatMap(heldPortOf).flatMap((held) => (held.proto === proto ? [held.port] : []));
  return [...new Set(ports)].sort((a, b) => a - b);
};

/** `ip addr`: `2: eth0@if7: <…> mtu 1500 …`, and then `inet 10.0.0.1/24 …` or `inet 10.0.0.1 peer 10.0.0.2/32 …`. */
export function addressesOf(rows: string[]): SystemFacts['addresses'] | null {
  let link: { iface: string; mtu: number } | null = null;
  const addresses: SystemFacts['addresses'] = [];
  for (const row of rows) {
    const [, iface, mtu] = /^\d+: ([^:@\s]+)[^:]*: .*\bmtu (\d+)/.exec(row) ?? [];
    if (iface !== undefined) link = { iface, mtu: Number(mtu) };
    const [, address, prefix] = /^inet6? ([0-9a-fA-F.:]+)(?: peer \S+?)?\/(\d+)/.exec(row) ?? [];
    if (link === null || address === undefined || /^(127\.|::1$|fe[89ab])/i.test(address)) continue;
    addresses.push({ iface: link.iface, address, prefix: Number(prefix), mtu: link.mtu });
  }
  return link === null ? null : addresses;
}

/** Between which times of the worker's clock a host told its own. */
export interface Told {
  sentAtMs: number;
  arrivedAtMs: number;
}

/**
 * How far a host's clock is off, by `date +%s.%N` and by no more than is sure: any time between question and answer may
 * be the right one, and an answer may have hung on the way. A busybox date knows no %N: the middle of its second is taken.
 */
export function clockOffsetMs(line: string, { sentAtMs, arrivedAtMs }: Told): number | null {
  const [, seconds, fraction] = /^(\d+)(?:\.(\d{3})\d*)?/.exec(line) ?? [];
  if (seconds === undefined) return null;
  const toldMs = Number(seconds) * 1000 + (fraction === undefined ? 500 : Number(fraction));
  return toldMs < sentAtMs ? toldMs - sentAtMs : Math.max(0, toldMs - arrivedAtMs);
}

function pathMtusOf(rows: string[]): SystemFacts['pathMtu'] {
  return Object.fromEntries(
    rows.flatMap((row) => {
      const [peer, bytes, how] = row.split(' ');
      return peer === undefined || how === undefined
        ? []
        : [[peer, { bytes: Number(bytes), measured: how === 'measured' }]];
    }),
  );
}
