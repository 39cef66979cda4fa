import { anyAlgorithm, type Host } from '#core/host.ts';
import { madeKinds } from '#core/spec/held.ts';
import type { Outcome } from '#core/step.ts';
import type { ClusterView } from '#core/wire.ts';
import { type Lease, leaseTimes } from '#core/worker-wire.ts';
import type { Reader } from '#db/reader.ts';
import type { Context } from '../../http/env.ts';
import { clusterOf, clusterRowOrNull, type ClusterRow } from '../../views/cluster.ts';
import { hostsWhere, labelsOf } from '../../views/host.ts';
import { ledgerOf, operationOf, type OperationRow, planOf } from '../../views/operation.ts';
import { currentRevision, revisionOf, revisionRow, type RevisionRow } from '../../views/revision.ts';

/** Everything a worker needs to run an operation, from where its ledger ends. */
export async function leaseOf(ctx: Context, row: OperationRow, labels: readonly string[]): Promise<Lease> {
  const { read } = ctx.deps.store;
  const cluster = row.cluster === null ? null : await clusterRowOrNull(read, row.cluster);
  const revision = cluster === null ? null : await revisionFor(read, row, cluster);
  const [known, plan, ledger] = await Promise.all([
    hostsFor(read, row, revision, labels),
    planOf(read, row.acceptedPlanDigest),
    ledgerOf(read, row.id),
  ]);
  return {
    operation: operationOf(row),
    fence: row.fence,
    leaseMs: leaseTimes.leaseMs,
    cluster: cluster === null ? null : withNodesOf(clusterOf(cluster), known),
    revision: revision === null ? null : revisionOf(revision),
    hosts: known,
    ...(cluster === null ? {} : await heldBefore(read, cluster)),
    plan,
    ledger: Object.fromEntries(
      ledger.flatMap(({ step, outcome }): [string, Outcome][] => (outcome === null ? [] : [[step.id, outcome]])),
    ),
    nextSequence: row.lastReport + 1,
    origin: row.origin,
  };
}

/** One that is to be held to another key is reached by that key alone, and one that is to be reached in another way in that. */
function asAsked(host: Host, { request }: OperationRow): Host {
  if (request.kind === 'set-host' && request.host === host.name) return { ...host, ...request.to };
  return request.kind === 'pin-host' && request.host === host.name
    ? { ...host, hostKeys: [{ algorithm: anyAlgorithm, fingerprint: request.fingerprint }], acceptNew: false }
    : host;
}

/** By the revision that is in force, and the one before: it may be in force with steps of its plan left to do. */
async function heldBefore(read: Reader, cluster: ClusterRow): Promise<Pick<Lease, 'heldBefore'>> {
  const current = await currentRevision(read, cluster);
  if (current === null) return {};
  const former = current.base === null ? null : await revisionRow(read, cluster.name, current.base);
  const kinds = new Set([current, former].flatMap((one) => (one === null ? [] : madeKinds(one.spec))));
  return kinds.size === 0 ? {} : { heldBefore: [...kinds] };
}

/** Without hosts that were taken out unseen: of them it stays on record which node they still believe to be. */
function withNodesOf(cluster: ClusterView, known: readonly Host[]): ClusterView {
  const names = new Set(known.map(({ name }) => name));
  return { ...cluster, nodes: Object.fromEntries(Object.entries(cluster.nodes).filter(([name]) => names.has(name))) };
}

/** The revision that is to be made true, or the one that is in force. */
export const revisionFor = async (
  read: Reader,
  { request }: OperationRow,
  cluster: ClusterRow,
): Promise<RevisionRow | null> =>
  'revision' in request
    ? await revisionRow(read, cluster.name, request.revision)
    : await currentRevision(read, cluster);

/** Hosts that an operation names, itself or by its revision. */
export function namedHosts({ request }: OperationRow, revision: RevisionRow | null): Set<string> {
  const named = new Set(revision === null ? [] : Object.keys(revision.spec.nodes));
  if ('host' in request) named.add(request.host);
  if (request.kind === 'adopt') named.add(request.from);
  if (request.kind === 'preflight') for (const host of request.hosts) named.add(host);
  return named;
}

/**
 * The hosts of the cluster, those that the revision or the request names, and the bastions on the way to them.
 * A request about hosts outside a cluster gets those alone.
 */
async function hostsFor(
  read: Reader,
  row: OperationRow,
  revision: RevisionRow | null,
  labels: readonly string[],
): Promise<Host[]> {
  const named = namedHosts(row, revision);
  const [registered, bound] = await Promise.all([hostsWhere(read), labelsOf(read)]);
  const all = registered.map((host) => asAsked(host, row));
  const isReached = ({ name }: Host): boolean => labels.includes(bound.get(name) ?? '') || !bound.has(name);
  const wanted = new Set(
    all.filter(
      (host) =>
        named.has(host.name) ||
        (row.cluster !== null && host.cluster === row.cluster) ||
        // Which of the free hosts are nodes is what an adoption finds out.
        (row.request.kind === 'adopt' && host.cluster === null && isReached(host)),
    ),
  );
  const byName = new Map(all.map((host) => [host.name, host]));
  for (const host of wanted) {
    const bastion = byName.get(host.via ?? '');
    // A set may grow while it is walked, and holds each once: chains of bastions end, also when they are rings.
    if (bastion !== undefined) wanted.add(bastion);
  }
  return all.filter((host) => wanted.has(host));
}
