import { and, desc, eq, lt } from 'drizzle-orm';
import type { VerificationView } from '#core/wire.ts';
import { verifications } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';
import { clusterRow } from '../../views/cluster.ts';

export interface ListVerifications {
  cluster: string;
  cursor?: string | undefined;
  limit: number;
}

/** Newest first; ids sort by time, so the cursor is the last id. @throws AppError `not_found` */
export async function listVerifications({
  ctx,
  input,
}: Call<ListVerifications>): Promise<{ items: VerificationView[]; next: string | null }> {
  await authorise(ctx, 'read', input.cluster);
  const { read } = ctx.deps.store;
  await clusterRow(read, input.cluster);
  const rows = await read
    .select()
    .from(verifications)
    .where(
      and(
        eq(verifications.cluster, input.cluster),
        input.cursor === undefined ? undefined : lt(verifications.id, input.cursor),
      ),
    )
    .orderBy(desc(verifications.id))
    .limit(input.limit + 1);
  const items = rows.slice(0, input.limit);
  return { items, next: rows.length > input.limit ? (items.at(-1)?.id ?? null) : null };
}
