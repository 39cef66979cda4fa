import { and, eq, isNull, or } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import { persons } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';

export type PersonRow = typeof persons.$inferSelect;

/** A person who is not removed, by name or id; null when there is none. */
export const personRowOrNull = async (read: Reader, named: string): Promise<PersonRow | null> =>
  (await read.query.persons.findFirst({
    where: and(or(eq(persons.id, named), eq(persons.name, named)), isNull(persons.removedAt)),
  })) ?? null;

/** @throws AppError `not_found` */
export async function personRow(read: Reader, named: string): Promise<PersonRow> {
  const row = await personRowOrNull(read, named);
  if (row !== null) return row;
  throw new AppError('not_found', `There is no person ${named}`, { next: 'List them with `flotilla person ls`.' });
}
