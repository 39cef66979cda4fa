import { and, desc, eq, inArray, isNull } from 'drizzle-orm';
import type { NoticeView } from '#core/access/contract.ts';
import { update } from '#db/change.ts';
import { notices } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import { commit, recordOf, timeOf } from '../../commit.ts';
import { personOf, type Call } from '../../http/env.ts';

const shownMax = 90;

/** The caller's own notices, the newest first; those that he has not seen yet, or all. */
export async function listNotices({ ctx, input }: Call<{ all: boolean }>): Promise<{ items: NoticeView[] }> {
  await authorise(ctx, 'token.own');
  const rows = await ctx.deps.store.read
    .select()
    .from(notices)
    .where(and(eq(notices.person, personOf(ctx.caller) ?? ''), input.all ? undefined : isNull(notices.seenAt)))
    .orderBy(desc(notices.at))
    .limit(shownMax);
  return { items: rows.map(({ person: _me, ...notice }) => notice) };
}

/** Says that the caller has seen notices of his: on record, as he was told. Others' ids change nothing. */
export async function seeNotices({ ctx, input }: Call<{ ids: string[] }>): Promise<{ left: number }> {
  await authorise(ctx, 'token.own');
  const person = personOf(ctx.caller) ?? '';
  const mine = and(eq(notices.person, person), isNull(notices.seenAt));
  const seenAt = timeOf(ctx.deps.nowMs());
  const seen = update(notices)
    .set({ seenAt })
    .where(and(mine, inArray(notices.id, input.ids)));
  const noted = recordOf(ctx, { action: 'notices.seen', outcome: 'recorded', details: { ids: input.ids } });
  await commit(ctx.deps, { changes: [seen], events: [noted] });
  return { left: await ctx.deps.store.read.$count(notices, mine) };
}
