import { and, asc, gt, inArray, isNull, notInArray } from 'drizzle-orm';
import { type Changing, type Hold, holdSentence, standsInTheWay, wayPast } from '#core/access/hold.ts';
import { AppError } from '#core/errors.ts';
import { type Guard, noRow } from '#db/guard.ts';
import { holds } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';
import { timeOf } from '../../commit.ts';
import type { Context } from '../../http/env.ts';

/** Locks and freezes that forbid somebody to start a change of a cluster now. */
export async function holdsInTheWay({ deps }: Context, changing: Changing): Promise<Hold[]> {
  const nowMs = deps.nowMs();
  const found = await liveHolds(deps.store.read, changing.cluster, timeOf(nowMs));
  return found.filter((hold) => standsInTheWay(hold, changing, nowMs));
}

/** All that are in force on a cluster, whoever asks. */
const liveHolds = (read: Reader, cluster: string | null, at: string): Promise<Hold[]> =>
  read.select().from(holds).where(isOn(cluster, at)).orderBy(asc(holds.createdAt));

const isOn = (cluster: string | null, at: string) =>
  and(
    inArray(holds.cluster, cluster === null ? ['*'] : ['*', cluster]),
    isNull(holds.endedAt),
    gt(holds.expiresAt, at),
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
  const seen = found.map(({ id }) => id);
  const others = store.read
    .select({ id: holds.id })
    .from(holds)
    .where(and(isOn(changing.cluster, at), seen.length === 0 ? undefined : notInArray(holds.id, seen)));
  return noRow('no lock came in between', others);
}
