import { and, desc, eq, gt, isNull, or, type SQL } from 'drizzle-orm';
import type { TokenView } from '#core/access/contract.ts';
import { persons, tokens } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';

export type TokenRow = typeof tokens.$inferSelect;

/** Neither revoked nor expired. */
export const isLive = (at: string): SQL | undefined =>
  and(isNull(tokens.revokedAt), or(isNull(tokens.expiresAt), gt(tokens.expiresAt, at)));

/** Tokens without their hashes, the newest first. */
export async function tokenViews(read: Reader, where: SQL | undefined): Promise<TokenView[]> {
  const rows = await read
    .select({ token: tokens, personName: persons.name })
    .from(tokens)
    .leftJoin(persons, eq(persons.id, tokens.person))
    .where(where)
    .orderBy(desc(tokens.createdAt), desc(tokens.id));
  return rows.map(({ token: { sha256: _kept, ci: _actor, env: _word, ...token }, personName }) => ({
    ...token,
    personName,
  }));
}
