import { eq } from 'drizzle-orm';
import { isTakenDown } from '#core/spec/taken-down.ts';
import { update } from '#db/change.ts';
import { clusters, hosts } from '#db/schema/index.ts';
import { recordOf } from '../../commit.ts';
import type { Context } from '../../http/env.ts';
import type { OperationRow } from '../../views/operation.ts';
import { revisionRow } from '../../views/revision.ts';
import type { Ending } from '../operations/ending.ts';
import type { Effect } from './effect.ts';

const none: Effect = { changes: [], events: [] };

/**
 * When a cluster has been taken down, it has no swarm and no host any more. Its revisions stay, and one of them may form
 * it anew.
 */
export async function takenDown(ctx: Context, row: OperationRow, { state }: Ending): Promise<Effect> {
  const { request, cluster } = row;
  if (state !== 'succeeded' || request.kind !== 'apply' || cluster === null) return none;
  const { spec } = await revisionRow(ctx.deps.store.read, cluster, request.revision);
  if (!isTakenDown(spec)) return none;
  return {
    changes: [
      update(hosts).set({ cluster: null }).where(eq(hosts.cluster, cluster)),
      update(clusters).set({ swarmId: null, nodes: {} }).where(eq(clusters.name, cluster)),
    ],
    events: [
      recordOf(ctx, {
        action: 'cluster.taken-down',
        outcome: 'recorded',
        cluster,
        target: { kind: 'cluster', id: cluster },
        operation: row.id,
        reason: row.reason,
      }),
    ],
  };
}
