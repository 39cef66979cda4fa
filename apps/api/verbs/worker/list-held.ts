import { and, asc, eq } from 'drizzle-orm';
import { operations } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';
import { asWorker } from './as-worker.ts';

/** What a worker holds, oldest first: a restarted one takes its own leases up again without waiting for a ring. */
export async function listHeld({
  ctx,
  input: { worker },
}: Call<{ worker: string }>): Promise<{ operations: string[] }> {
  await authorise(asWorker(ctx, worker), 'worker.work');
  const rows = await ctx.deps.store.read
    .select({ id: operations.id })
    .from(operations)
    .where(and(eq(operations.state, 'running'), eq(operations.leaseHolder, worker)))
    .orderBy(asc(operations.number));
  return { operations: rows.map(({ id }) => id) };
}
