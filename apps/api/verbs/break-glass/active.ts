import { and, eq, gt, inArray, isNull } from 'drizzle-orm';
import { grants } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';

export type GrantRow = typeof grants.$inferSelect;

/** The grant by which a person may act on a cluster without approval at a moment; null when there is none. */
export async function activeGrant(
  read: Reader,
  { person, cluster, at }: { person: string; cluster: string | null; at: string },
): Promise<GrantRow | null> {
  const found = await read.query.grants.findFirst({
    where: and(
      eq(grants.person, person),
      inArray(grants.cluster, cluster === null ? ['*'] : ['*', cluster]),
      isNull(grants.endedAt),
      gt(grants.expiresAt, at),
    ),
  });
  return found ?? null;
}
