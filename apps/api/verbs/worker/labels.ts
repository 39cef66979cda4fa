import { isNotNull } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import { hosts } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';
import { clusterRowOrNull } from '../../views/cluster.ts';
import type { OperationRow } from '../../views/operation.ts';
import { namedHosts, revisionFor } from './lease-view.ts';

/** A host that only workers with its label reach. */
type BoundHost = Awaited<ReturnType<typeof boundHosts>>[number];

export const boundHosts = async (read: Reader) =>
  await read
    .select({ name: hosts.name, label: hosts.workerLabel, cluster: hosts.cluster })
    .from(hosts)
    .where(isNotNull(hosts.workerLabel));

/** Labels that a worker needs to reach the hosts of an operation, each with one of the hosts that are bound to it. */
export async function labelsNeeded(
  read: Reader,
  row: OperationRow,
  bound: readonly BoundHost[],
): Promise<Map<string, string>> {
  if (bound.length === 0) return new Map();
  const cluster = row.cluster === null ? null : await clusterRowOrNull(read, row.cluster);
  const revision = cluster === null ? null : await revisionFor(read, row, cluster);
  const named = namedHosts(row, revision);
  const isMeant = (host: { name: string; cluster: string | null }): boolean =>
    named.has(host.name) || (host.cluster !== null && host.cluster === row.cluster);
  return new Map(bound.filter(isMeant).map(({ name, label }) => [label ?? '', name]));
}

/** @throws AppError `other_worker` when a host of the operation is bound to a label that this worker has not */
export async function mustReach(read: Reader, row: OperationRow, labels: readonly string[]): Promise<void> {
  const needed = await labelsNeeded(read, row, await boundHosts(read));
  for (const [label, host] of needed) {
    if (labels.includes(label)) continue;
    throw new AppError('other_worker', `${host} is for workers with the label ${label}`, {
      host,
      done: 'Nothing was done.',
      next: `Start a worker with FLOTILLA_WORKER_LABELS=${label}, where ${host} can be reached.`,
    });
  }
}
