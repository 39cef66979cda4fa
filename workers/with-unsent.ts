import type { ReportBody } from '#core/report.ts';
import type { Lease } from '#core/worker-wire.ts';

/**
 * The lease with what this worker itself has not told yet: steps that an earlier run ended while the API was away are in
 * the ledger too, so that none is run again, and so is what they found out, on which later steps stand. Their reports are
 * sent before any new one.
 */
export const withUnsent = (lease: Lease, unsent: readonly ReportBody[]): Lease => unsent.reduce(withReport, lease);

function withReport(lease: Lease, body: ReportBody): Lease {
  if (body.type === 'step-ended') return { ...lease, ledger: { ...lease.ledger, [body.step]: body.outcome } };
  if (lease.cluster === null) return lease;
  const { cluster } = lease;
  if (body.type === 'node')
    return { ...lease, cluster: { ...cluster, nodes: { ...cluster.nodes, [body.host]: body.nodeId } } };
  if (body.type !== 'swarm') return lease;
  return { ...lease, cluster: { ...cluster, swarmId: body.swarmId, nodes: { ...cluster.nodes, ...body.nodes } } };
}
