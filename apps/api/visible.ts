import { isNull, or, type SQL, sql } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import { mayOnSome } from '#core/access/decide.ts';
import { kept } from '#db/kept.ts';
import { clusters } from '#db/schema/index.ts';
import { authorise, may, type Verb } from './access.ts';
import type { Context } from './http/env.ts';

/** What of a list somebody may see. */
export interface Visible {
  /** Also what belongs to no cluster. */
  whole: boolean;
  /** Null: every cluster. */
  clusters: readonly string[] | null;
}

const clusterNames = kept([clusters], async (read) => await read.select({ name: clusters.name }).from(clusters));

/**
 * Of which clusters the caller may see the rows: a list leaves out what he may not see, and is refused only to whoever
 * may see nothing of the kind anywhere. @throws AppError `forbidden`
 */
export async function visibleTo(ctx: Context, verb: Verb): Promise<Visible> {
  const whole = may(ctx, verb, null);
  const rows = await clusterNames(ctx.deps.store.read);
  const seen = rows.map(({ name }) => name).filter((name) => may(ctx, verb, name));
  if (!whole && seen.length === 0 && !mayAnywhere(ctx, verb)) await authorise(ctx, verb);
  return { whole, clusters: whole && seen.length === rows.length ? null : seen };
}

/** Whether it is the clusters alone that keep him from it: of those that will be there he may see some. */
const mayAnywhere = ({ caller: { subject, policy } }: Context, verb: Verb): boolean =>
  subject.kind !== 'worker' && mayOnSome(subject, verb, policy);

/** The condition for rows with the name of their cluster in a column. */
export function isVisible(column: SQLiteColumn, { whole, clusters: names }: Visible): SQL | undefined {
  if (names === null) return undefined;
  const isOne = sql`${column} in (select value from json_each(${JSON.stringify(names)}))`;
  return whole ? or(isOne, isNull(column)) : isOne;
}
