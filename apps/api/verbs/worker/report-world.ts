import { and, eq } from 'drizzle-orm';
import type { Host } from '#core/host.ts';
import type { Report } from '#core/report.ts';
import { type Verification, verificationSchema } from '#core/verification.ts';
import type { StepView } from '#core/wire.ts';
import { auditEvents } from '#db/schema/index.ts';
import type { Context } from '../../http/env.ts';
import { type ClusterRow, clusterRowOrNull } from '../../views/cluster.ts';
import { hostsWhere } from '../../views/host.ts';
import { ledgerOf, type OperationRow } from '../../views/operation.ts';

/** What the effects of a batch look at: read once before them, and kept up to date by them within the batch. */
export interface ReportWorld {
  ctx: Context;
  row: OperationRow;
  cluster: ClusterRow | null;
  /** The steps that the batch tells of; all of them in the batch that ends the operation. */
  ledger: Map<string, StepView>;
  /** Steps that end within the batch: that they began need not be written first. */
  endsHere: ReadonlySet<string>;
  hosts: Map<string, Host>;
  /** Verdict of the last verification of this operation. */
  verdict: Verification['verdict'] | null;
  /** Hosts whose changed key is on record for this operation already. */
  alarmed: Set<string>;
}

export async function reportWorld(ctx: Context, row: OperationRow, reports: readonly Report[]): Promise<ReportWorld> {
  const { read } = ctx.deps.store;
  const types = new Set(reports.map(({ body }) => body.type));
  const told = new Set(reports.flatMap(({ body }) => ('step' in body && body.step !== null ? [body.step] : [])));
  const needsLedger = types.has('step-started') || types.has('step-ended') || types.has('ended');
  const needsHosts = types.has('host-key') || types.has('host-facts') || row.kind === 'set-host';
  const [cluster, ledger, hosts, alarmed] = await Promise.all([
    row.cluster === null ? null : clusterRowOrNull(read, row.cluster),
    needsLedger ? ledgerOf(read, row.id, types.has('ended') ? undefined : told) : [],
    needsHosts ? hostsWhere(read) : [],
    needsLedger || needsHosts ? alarmedHosts(ctx, row) : [],
  ]);
  return {
    ctx,
    row,
    cluster,
    ledger: new Map(ledger.map((one) => [one.step.id, one])),
    endsHere: new Set(reports.flatMap(({ body }) => (body.type === 'step-ended' ? [body.step] : []))),
    hosts: new Map(hosts.map((host) => [host.name, host])),
    verdict: row.result === null ? null : verdictOf(row.result),
    alarmed: new Set(alarmed),
  };
}

/** The result of an operation that verified says how it ended; other results have no verdict. */
function verdictOf(result: unknown): Verification['verdict'] | null {
  const parsed = verificationSchema.pick({ verdict: true }).safeParse(result);
  return parsed.success ? parsed.data.verdict : null;
}

async function alarmedHosts(ctx: Context, { id }: OperationRow): Promise<string[]> {
  const rows = await ctx.deps.store.read
    .select({ host: auditEvents.targetId })
    .from(auditEvents)
    .where(and(eq(auditEvents.operation, id), eq(auditEvents.action, 'host-key.changed')));
  return rows.map(({ host }) => host ?? '');
}
