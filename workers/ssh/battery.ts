import { kernelFeatures, type Route, sysctlNames, type SystemSide } from '#core/preflight/facts.ts';
import { known, type Observed, unknown } from '#core/observed.ts';
import { AppError } from '#core/errors.ts';
import { batteryScript } from './command.ts';
import type { SshConnection } from './connection.ts';
import { run } from './exec.ts';
import { addressesOf, clockOffsetMs, sectionsOf, type Told } from './facts.ts';
import { heldPortOf } from './held-ports.ts';

const timeoutMs = 15_000;

/**
 * What preflight wants to know of a host's system, by one command. Each fact that cannot be seen says why; only a host
 * that runs no script at all is an AppError. `esp` also tries whether the kernel can encrypt overlays.
 */
export async function readBattery(connection: SshConnection, ask: { esp: boolean }): Promise<SystemSide> {
  const { argv, stdin } = batteryScript(sysctlNames, ask);
  const sentAtMs = Date.now();
  let arrivedAtMs: number | null = null;
  const onStdout = (): void => void (arrivedAtMs ??= Date.now());
  const { stdout, stderr, truncated } = await run(connection, argv, { stdin, onStdout, timeoutMs });
  const told = { sentAtMs, arrivedAtMs: arrivedAtMs ?? Date.now() };
  const facts = truncated ? null : parseBattery(stdout, told, ask);
  if (facts !== null) return facts;
  throw new AppError('step_failed', `${connection.host} did not tell the facts of its system: ${stderr.trim()}.`, {
    host: connection.host,
    done: 'Nothing was changed on the host.',
    next: 'The host needs a POSIX sh.',
  });
}

type Lines = (section: string) => string[];

/** The facts in the script's output; null when it did not come to its end. */
export function parseBattery(output: string, told: Told, ask: { esp: boolean }): SystemSide | null {
  const sections = sectionsOf(output);
  if (!sections.has('end')) return null;
  const lines: Lines = (name) => sections.get(name) ?? [];
  const first = (name: string, why: string): Observed<string> => orUnknown(lines(name)[0], why);
  const root = lines('user')[0] === '0';
  const clock = clockOffsetMs(lines('clock')[0] ?? '', told);
  const noIp = 'there is no ip command on the host';
  return {
    root,
    hostname: lines('hostname')[0] ?? '',
    kernel: lines('kernel')[0] ?? '',
    os: orUnknown(/^PRETTY_NAME="?([^"]*)/.exec(lines('os')[0] ?? '')?.[1], 'there is no /etc/os-release'),
    virtualisation: first('virtualisation', 'there is no systemd-detect-virt on the host, and no other sign'),
    machineId: first('machine-id', 'there is no /etc/machine-id'),
    clockOffsetMs: orUnknown(clock, 'there is no date command on the host'),
    disk: diskOf(lines('disk')),
    features: featuresOf(lines, ask, root),
    sysctls: sysctlsOf(lines('sysctls')),
    links: listed(lines('links').flatMap(linkOf), noIp),
    addresses: orUnknown(addressesOf(lines('addresses')), noIp),
    routes: listed(lines('routes').flatMap(routeOf), noIp, lines('links').length > 0),
    resolvers: listed(
      [...new Set(lines('resolvers').flatMap((line) => line.split(/\s+/)[1] ?? []))],
      'no nameserver is named in /etc/resolv.conf, or it cannot be read',
    ),
    ports: listed(
      lines('sockets').flatMap(heldPortOf),
      'there is neither ss nor grep on the host',
      lines('sockets').length > 0,
    ),
    sshFrom: first('ssh-from', 'the login shell does not tell where SSH comes from'),
    cards: known(lines('cards').flatMap(cardOf)),
  };
}

const orUnknown = <T>(value: T | null | undefined, reason: string): Observed<T> =>
  value === null || value === undefined || value === '' ? unknown(reason) : known(value);

const listed = <T>(values: T[], reason: string, seen = values.length > 0): Observed<T[]> =>
  seen ? known(values) : unknown(reason);

/** Lines `free at root`: kilobytes, mount point, and the directory that the engine is believed to use. */
function diskOf(rows: string[]): SystemSide['disk'] {
  const found = rows.flatMap((row) => {
    const [, free, path] = /^(\d+) (\S+) \S+$/.exec(row) ?? [];
    return free === undefined || path === undefined ? [] : [{ path, freeBytes: Number(free) * 1024 }];
  });
  const least = found.toSorted((a, b) => a.freeBytes - b.freeBytes)[0];
  return orUnknown(least, 'the directory of the engine cannot be seen by this user');
}

function featuresOf(lines: Lines, { esp }: { esp: boolean }, root: boolean): SystemSide['features'] {
  const told = new Map(
    [...lines('modules'), ...lines('features')].map((line) => {
      const [name = '', answer = '', ...said] = line.split(' ');
      return [name, { answer, said: said.join(' ') }];
    }),
  );
  const notTried = root ? 'unshare is not there, or no namespace can be made' : 'trying it needs root';
  const entries = kernelFeatures.map((name) => {
    const isForEncryption = ['esp', 'policy', 'bpf', 'u32'].includes(name);
    const answer = told.get(name);
    if (answer === undefined) return [name, unknown(isForEncryption && !esp ? 'no network is encrypted' : notTried)];
    return [name, answer.answer === 'unknown' ? unknown(answer.said) : known(answer.answer === 'yes')];
  });
  // The names are the list itself, so none is missing.
  return Object.fromEntries(entries) as SystemSide['features'];
}

/** Lines `/proc/sys/net/ipv4/ip_forward:1`. */
function sysctlsOf(rows: string[]): SystemSide['sysctls'] {
  const values = new Map(rows.map((row) => [row.split(':')[0] ?? '', Number(row.split(':')[1] ?? '')]));
  const entries = sysctlNames.map((name) => {
    const value = values.get(`/proc/sys/${name.replaceAll('.', '/')}`);
    return [name, orUnknown(value, 'the kernel has no such setting')];
  });
  // As above: one entry for each name.
  return Object.fromEntries(entries) as SystemSide['sysctls'];
}

/** One item of a listed fact. */
type Of<T> = Extract<T, { known: true }> extends { value: (infer Item)[] } ? Item : never;

/** `2: eth0@if5: <…> mtu 1500 …\    link/ether 02:… brd … \    veth …`, one line for each. */
function linkOf(row: string): Of<SystemSide['links']>[] {
  const [, iface, mtu] = /^\d+: ([^:@\s]+)[^:]*: .*?\bmtu (\d+)/.exec(row) ?? [];
  if (iface === undefined) return [];
  const mac = /\blink\/ether ([0-9a-f:]{17})/.exec(row)?.[1] ?? null;
  const vxlan = /\bvxlan (?:external )?id (\d+)/.exec(row);
  const port = /\bdstport (\d+)/.exec(row)?.[1];
  const kind =
    /\\ {4}(vxlan|veth|bridge|bond|vlan|macvlan|ipvlan|wireguard|tun|dummy|ipip|gre)\b/.exec(row)?.[1] ?? null;
  return [
    { iface, mac, mtu: Number(mtu), kind, vxlan: vxlan === null ? null : { id: Number(vxlan[1]), port: Number(port) } },
  ];
}

/** `10.79.0.0/24 dev eth0 table 100 …`; what is local to the host, broadcast and multicast, is no way anywhere. */
function routeOf(row: string): Route[] {
  if (/^(local|broadcast|multicast|anycast|default|ff|fe80|unreachable|prohibit)\b/.test(row)) return [];
  const [, to] = /^(?:throw |blackhole )?([0-9a-f.:]+(?:\/\d+)?) /.exec(`${row} `) ?? [];
  const dev = /\bdev (\S+)/.exec(row)?.[1] ?? 'none';
  if (to === undefined) return [];
  const whole = to.includes('/') ? to : `${to}/${to.includes(':') ? 128 : 32}`;
  return [{ to: whole, dev, table: /\btable (\S+)/.exec(row)?.[1] ?? 'main' }];
}

/** `eth0 vmxnet3 tx-checksum-ip-generic: on`. */
function cardOf(row: string): Of<SystemSide['cards']>[] {
  const [iface, driver, ...offload] = row.split(' ');
  if (iface === undefined || driver === undefined) return [];
  const said = /: (on|off)/.exec(offload.join(' '))?.[1];
  return [{ iface, driver, checksumOffload: said === undefined ? null : said === 'on' }];
}
