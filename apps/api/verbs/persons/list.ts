import { and, asc, count, inArray, isNull, type SQL } from 'drizzle-orm';
import type { PersonView } from '#core/access/contract.ts';
import { identities, persons, tokens } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import { timeOf } from '../../commit.ts';
import type { Call, Context } from '../../http/env.ts';
import { isLive } from '../../views/token.ts';

/** Everybody who is not removed, by name. */
export async function listPersons({ ctx }: Call<Record<string, never>>): Promise<{ items: PersonView[] }> {
  await authorise(ctx, 'access.read');
  return { items: await personViews(ctx, isNull(persons.removedAt)) };
}

/** Persons with how many live tokens they have, and how else they are known. */
export async function personViews(ctx: Context, where: SQL | undefined): Promise<PersonView[]> {
  const { read } = ctx.deps.store;
  const rows = await read.select().from(persons).where(where).orderBy(asc(persons.name));
  const mine = read.select({ id: persons.id }).from(persons).where(where);
  const [live, known] = await Promise.all([
    read
      .select({ person: tokens.person, count: count() })
      .from(tokens)
      .where(and(isLive(timeOf(ctx.deps.nowMs())), inArray(tokens.person, mine)))
      .groupBy(tokens.person),
    read.select().from(identities).where(inArray(identities.person, mine)).orderBy(asc(identities.createdAt)),
  ]);
  return rows.map((row) => ({
    ...row,
    tokens: live.find(({ person }) => person === row.id)?.count ?? 0,
    identities: known
      .filter(({ person }) => person === row.id)
      .map(({ kind, externalId, createdAt }) => ({ kind, externalId, createdAt })),
  }));
}
