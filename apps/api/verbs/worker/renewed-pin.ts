import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { type HostKey, hostKeySchema } from '#core/host.ts';
import type { OperationError } from '#core/operation.ts';
import { deleteFrom, insertInto, update } from '#db/change.ts';
import { hostKeys, operations } from '#db/schema/index.ts';
import { recordOf } from '../../commit.ts';
import type { Effect } from './effect.ts';
import type { ReportWorld } from './report-world.ts';

/*
 * A key of a `pin-host` is noted when the host shows it, and pinned when the worker has seen the machine behind it. That
 * a host shows its pinned key in the way of a `set-host` is noted likewise.
 */

const shownSchema = z.object({ host: z.string(), key: hostKeySchema });

/** Notes the key that was asked for, once the host has shown it; null for any other. */
export function noteAskedKey(world: ReportWorld, host: string, key: HostKey): Effect | null {
  const { id } = world.row;
  if (!askedKeys(world, host).includes(key.fingerprint)) return null;
  const result = { host, key };
  world.row = { ...world.row, result };
  return { changes: [update(operations).set({ result }).where(eq(operations.id, id))], events: [] };
}

function askedKeys({ row: { request }, hosts }: ReportWorld, host: string): string[] {
  if (request.kind === 'pin-host') return request.host === host ? [request.fingerprint] : [];
  if (request.kind !== 'set-host' || request.host !== host) return [];
  return (hosts.get(host)?.hostKeys ?? []).map(({ fingerprint }) => fingerprint);
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

/** Why what says that it succeeded did not, since no key was shown; null where nothing speaks against it. */
export function notShown({ row }: ReportWorld): OperationError | null {
  const { kind } = row.request;
  if ((kind !== 'pin-host' && kind !== 'set-host') || shownSchema.safeParse(row.result).success) return null;
  return {
    code: 'internal',
    message: 'The worker reported success, but the host has not shown the key.',
    done: kind === 'pin-host' ? 'The pinned key is the one that it was.' : 'The host is reached as before.',
    next: 'Look at the worker log, then retry the operation.',
  };
}
