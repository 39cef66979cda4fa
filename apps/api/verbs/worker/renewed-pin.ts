import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { type HostKey, hostKeySchema } from '#core/host.ts';
import type { OperationError } from '#core/operation.ts';
import { deleteFrom, insertInto, update } from '#db/change.ts';
import { hostKeys, operations } from '#db/schema/index.ts';
import { recordOf } from '../../commit.ts';
import type { Effect } from './effect.ts';
import type { ReportWorld } from './report-world.ts';

/* A key of a `pin-host` is noted when the host shows it, and pinned when the worker has seen the machine behind it. */

const shownSchema = z.object({ host: z.string(), key: hostKeySchema });

/** Notes the key that was asked for, once the host has shown it; null for any other. */
export function noteAskedKey(world: ReportWorld, host: string, key: HostKey): Effect | null {
  const { id, request } = world.row;
  if (request.kind !== 'pin-host' || request.host !== host || request.fingerprint !== key.fingerprint) return null;
  const result = { host, key };
  world.row = { ...world.row, result };
  return { changes: [update(operations).set({ result }).where(eq(operations.id, id))], events: [] };
}

/** The pins of the host give way to the key that was asked for. */
export function renewPin({ ctx, row }: ReportWorld, at: string): Effect {
  const shown = shownSchema.safeParse(row.result);
  if (row.request.kind !== 'pin-host' || !shown.success) return { changes: [], events: [] };
  const { host, key } = shown.data;
  const { replaces: replaced, recorded, force } = row.request;
  return {
    changes: [
      deleteFrom(hostKeys).where(eq(hostKeys.host, host)),
      insertInto(hostKeys).values({ host, ...key, pinnedAt: at }),
    ],
    events: [
      recordOf(ctx, {
        action: 'host-key.pinned',
        outcome: 'recorded',
        cluster: row.cluster,
        target: { kind: 'host', id: host },
        operation: row.id,
        details: { security: true, ...key, how: 'renewed', replaced, recorded, force },
      }),
    ],
  };
}

/** Why a `pin-host` that says that it succeeded did not; null where nothing speaks against it. */
export function notShown({ row }: ReportWorld): OperationError | null {
  if (row.request.kind !== 'pin-host' || shownSchema.safeParse(row.result).success) return null;
  return {
    code: 'internal',
    message: 'The worker reported success, but the host has not shown the key.',
    done: 'The pinned key is the one that it was.',
    next: 'Look at the worker log, then retry the operation.',
  };
}
