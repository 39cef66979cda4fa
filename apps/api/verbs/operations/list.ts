import { and, desc, eq, lt } from 'drizzle-orm';
import type { z } from 'zod';
import type { Operation } from '#core/operation.ts';
import type { operationQuerySchema } from '#core/wire.ts';
import { operations } from '#db/schema/index.ts';
import type { Call } from '../../http/env.ts';
import { numberOfCursor, pageOfRows } from '../../http/page.ts';
import { isVisible, visibleTo } from '../../visible.ts';
import { operationOf } from '../../views/operation.ts';

/** Newest first. */
export async function listOperations({
  ctx,
  input,
}: Call<z.output<typeof operationQuerySchema>>): Promise<{ items: Operation[]; next: string | null }> {
  const seen = isVisible(operations.cluster, await visibleTo(ctx, 'read'));
  const before = numberOfCursor(input.cursor);
  const rows = await ctx.deps.store.read
    .select()
    .from(operations)
    .where(
      and(
        seen,
        input.cluster === undefined ? undefined : eq(operations.cluster, input.cluster),
        input.state === undefined ? undefined : eq(operations.state, input.state),
        input.kind === undefined ? undefined : eq(operations.kind, input.kind),
        before === null ? undefined : lt(operations.number, before),
      ),
    )
    .orderBy(desc(operations.number))
    .limit(input.limit + 1);
  return pageOfRows(rows, input.limit, (row) => row.number, operationOf);
}
