import { and, eq, isNull } from 'drizzle-orm';
import { kept } from '#db/kept.ts';
import { grants } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';

export type GrantRow = typeof grants.$inferSelect;

const grantsOf = kept(
  [grants],
  async (read, person: string) =>
    await read
      .select()
      .from(grants)
      .where(and(eq(grants.person, person), isNull(grants.endedAt))),
);

/** The grant by which a person may act on a cluster without approval at a moment; null when there is none. */
export async function activeGrant(
  read: Reader,
  { person, cluster, at }: { person: string; cluster: string | null; at: string },
): Promise<GrantRow | null> {
  const mine = await grantsOf(read, person);
  return mine.find((grant) => (grant.cluster === '*' || grant.cluster === cluster) && grant.expiresAt > at) ?? null;
}
