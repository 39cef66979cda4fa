import { asc, eq, inArray, isNotNull, type SQL } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import type { Host } from '#core/host.ts';
import type { HostView } from '#core/wire.ts';
import { kept } from '#db/kept.ts';
import { hostFacts, hostKeys, hosts } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';
import { oneOf } from './one-of.ts';

export type HostRow = typeof hosts.$inferSelect;

const hostOrNull = kept([hosts], async (read, name: string): Promise<HostRow | null> => {
  const [row] = await read.select().from(hosts).where(eq(hosts.name, name)).limit(1);
  return row ?? null;
});

/** @throws AppError `not_found` */
export async function hostRow(read: Reader, name: string): Promise<HostRow> {
  const row = await hostOrNull(read, name);
  if (row === null) {
    throw new AppError('not_found', `There is no host ${name}`, {
      next: 'List them with `flotilla host ls`, or register it with `flotilla host add`.',
    });
  }
  return row;
}

/** Names of the hosts that belong to a cluster. */
export const membersOf = kept([hosts], async (read, cluster: string): Promise<string[]> => {
  const rows = await read.select({ name: hosts.name }).from(hosts).where(eq(hosts.cluster, cluster));
  return rows.map(({ name }) => name);
});

/** Hosts with their pinned keys, by name. */
export async function hostsWhere(read: Reader, where?: SQL): Promise<Host[]> {
  const rows = await read
    .select({ host: hosts, key: hostKeys })
    .from(hosts)
    .leftJoin(hostKeys, eq(hostKeys.host, hosts.name))
    .where(where)
    .orderBy(asc(hosts.name), asc(hostKeys.algorithm));
  const byName = new Map<string, Host>();
  for (const { host: row, key } of rows) {
    const host = byName.get(row.name) ?? hostOf(row);
    if (key !== null) host.hostKeys.push({ algorithm: key.algorithm, fingerprint: key.fingerprint });
    byName.set(row.name, host);
  }
  return [...byName.values()];
}

const hostOf = (row: HostRow): Host => ({
  name: row.name,
  address: row.address,
  port: row.port,
  user: row.user,
  key: row.key,
  via: row.via,
  hostKeys: [],
  acceptNew: row.acceptNew,
  cluster: row.cluster,
});

/** Labels that hosts are bound to, by name; those that every worker reaches are left out. */
export async function labelsOf(read: Reader): Promise<Map<string, string>> {
  const isBound = isNotNull(hosts.workerLabel);
  const rows = await read.select({ name: hosts.name, label: hosts.workerLabel }).from(hosts).where(isBound);
  return new Map(rows.map(({ name, label }) => [name, label ?? '']));
}

/** One host as people see it. @throws AppError `not_found` */
export async function hostView(read: Reader, name: string): Promise<HostView> {
  await hostRow(read, name);
  return oneOf(await hostViews(read, eq(hosts.name, name)));
}

/** Hosts as people see them, with what was last seen of each. */
export async function hostViews(read: Reader, where?: SQL): Promise<HostView[]> {
  const found = await hostsWhere(read, where);
  const mine = read.select({ name: hosts.name }).from(hosts).where(where);
  const rows = await read.select().from(hostFacts).where(inArray(hostFacts.host, mine));
  const seen = new Map(rows.map(({ host, at, facts }) => [host, { at, facts }]));
  const labels = await labelsOf(read);
  return found.map((host) => ({
    ...host,
    workerLabel: labels.get(host.name) ?? null,
    lastSeen: seen.get(host.name) ?? null,
  }));
}
