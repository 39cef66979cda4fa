import { eq } from 'drizzle-orm';
import { update } from '#db/change.ts';
import { operations } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import { commit } from '../../commit.ts';
import type { Call } from '../../http/env.ts';
import { asWorker } from './as-worker.ts';
import { type Held, heldOperation, stillHeld } from './held.ts';

/**
 * Gives a lease back: the worker stops, between two steps, and all its reports are on record. Whoever hears the ring
 * takes the operation up from its ledger at once. @throws AppError `not_found`, `stale_fence`
 */
export async function releaseLease({ ctx, input }: Call<Held>): Promise<{ released: string }> {
  await authorise(asWorker(ctx, input.worker), 'worker.work');
  const { read } = ctx.deps.store;
  await heldOperation(read, input);
  const free = { leaseHolder: null, leaseExpiresMs: 0, leaseRenewedMs: 0 };
  await commit(ctx.deps, {
    expects: [stillHeld(read, input)],
    changes: [update(operations).set(free).where(eq(operations.id, input.id))],
    events: [],
    dispatch: [input.id],
  });
  return { released: input.id };
}
