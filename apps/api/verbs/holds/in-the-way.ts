import { and, asc, gt, inArray, isNull, sql } from 'drizzle-orm';
import { type Changing, type Hold, holdSentence, standsInTheWay, wayPast } from '#core/access/hold.ts';
import { AppError } from '#core/errors.ts';
import { type Guard, noRow } from '#db/guard.ts';
import { kept } from '#db/kept.ts';
import { holds } from '#db/schema/index.ts';
import { prepared, type Reader } from '#db/reader.ts';
import { type Template, template } from '#db/template.ts';
import { timeOf } from '../../commit.ts';
import type { Context } from '../../http/env.ts';
import { holdOf } from '../../views/hold.ts';

/** Locks and freezes that forbid somebody to start a change of a cluster now. */
export async function holdsInTheWay({ deps }: Context, changing: Changing): Promise<Hold[]> {
  const nowMs = deps.nowMs();
  const found = await liveHolds(deps.store.read, changing.cluster, timeOf(nowMs));
  return found.filter((hold) => standsInTheWay(hold, changing, nowMs));
}

/** All that are in force on a cluster, whoever asks. */
const liveHolds = async (read: Reader, cluster: string | null, at: string): Promise<Hold[]> =>
  (await openHolds(read, cluster)).filter(({ expiresAt }) => expiresAt > at);

/** Those that nobody has ended, also when their time is over. */
const openHolds = kept([holds], async (read, cluster: string | null) => {
  const rows = await read
    .select()
    .from(holds)
    .where(and(inArray(holds.cluster, cluster === null ? ['*'] : ['*', cluster]), isNull(holds.endedAt)))
    .orderBy(asc(holds.createdAt));
  return rows.map(holdOf);
});

/** Holds in force that were not among those seen; `cluster` is `*` for what belongs to none. */
const others = prepared((read): Template<{ cluster: string; at: string; seen: string }> =>
  template(() =>
    read
      .select({ id: holds.id })
      .from(holds)
      .where(
        and(
          inArray(holds.cluster, ['*', sql.placeholder('cluster')]),
          isNull(holds.endedAt),
          gt(holds.expiresAt, sql.placeholder('at')),
          sql`${holds.id} not in (select value from json_each(${sql.placeholder('seen')}))`,
        ),
      ),
  ),
);

/** The refusal that says who, why and until when. */
export const heldBack = (hold: Hold): AppError =>
  new AppError('locked', holdSentence(hold), { done: 'Nothing was changed.', next: wayPast(hold) });

/**
 * Lets a change go on where nothing stands in its way, and keeps it so to the commit: a lock that comes in between
 * undoes it. @throws AppError `locked`
 */
export async function passHolds(ctx: Context, changing: Changing): Promise<Guard> {
  const { store, nowMs } = ctx.deps;
  const at = timeOf(nowMs());
  const found = await liveHolds(store.read, changing.cluster, at);
  const inTheWay = found.find((hold) => standsInTheWay(hold, changing, nowMs()));
  if (inTheWay !== undefined) throw heldBack(inTheWay);
  const seen = JSON.stringify(found.map(({ id }) => id));
  const query = others(store.read)({ cluster: changing.cluster ?? '*', at, seen });
  return noRow('no lock came in between', query);
}
