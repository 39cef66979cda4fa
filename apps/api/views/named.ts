import { and, asc, eq, isNull, type SQL } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import { type Guard, noRow } from '#db/guard.ts';
import type { ciTrusts, webhookSources, webhookTargets } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';

/* What people add by a name and remove again: one of a name at a time; what was removed stays for the record. */

type Named = typeof ciTrusts | typeof webhookSources | typeof webhookTargets;

export const isNamed = (table: Named, name: string): SQL | undefined =>
  and(eq(table.name, name), isNull(table.removedAt));

/** That nothing else has the name, for the commit that adds it. `what` as in `There is a source web already`. */
export const nameIsFree = (read: Reader, table: Named, { what, name }: { what: string; name: string }): Guard =>
  noRow(
    'the name is free',
    read.select({ id: table.id }).from(table).where(isNamed(table, name)),
    () =>
      new AppError('already_exists', `There is a ${what} ${name} already`, {
        done: 'Nothing was changed.',
        next: 'Choose another name, or change or remove that one.',
      }),
  );

/** Those that were not removed, by name. */
export const allNamed = <T extends Named>(read: Reader, table: T) =>
  read.select().from<T>(table).where(isNull(table.removedAt)).orderBy(asc(table.name));
