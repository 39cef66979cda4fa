import { eq } from 'drizzle-orm';
import { leaseTimes } from '#core/worker-wire.ts';
import { update } from '#db/change.ts';
import { operations } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import { commit } from '../../commit.ts';
import type { Call } from '../../http/env.ts';
import { asWorker } from './as-worker.ts';
import { type Held, heldOperation, stillHeld } from './held.ts';

/** Prolongs a lease and tells whether somebody asked to cancel. @throws AppError `not_found`, `stale_fence` */
export async function renewLease({ ctx, input }: Call<Held>): Promise<{ leaseMs: number; cancelRequested: boolean }> {
  await authorise(asWorker(ctx, input.worker), 'worker.work');
  const { store, nowMs } = ctx.deps;
  const row = await heldOperation(store.read, input);
  const leaseRenewedMs = nowMs();
  const leaseExpiresMs = leaseRenewedMs + leaseTimes.leaseMs;
  await commit(ctx.deps, {
    expects: [stillHeld(store.read, input)],
    changes: [update(operations).set({ leaseRenewedMs, leaseExpiresMs }).where(eq(operations.id, input.id))],
    events: [],
  });
  return { leaseMs: leaseTimes.leaseMs, cancelRequested: row.cancelRequested };
}
