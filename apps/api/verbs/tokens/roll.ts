import { and, eq } from 'drizzle-orm';
import type { z } from 'zod';
import { daysUsual, type MadeTokenView, type rollTokenSchema } from '#core/access/contract.ts';
import { AppError } from '#core/errors.ts';
import { dayMs } from '#core/length.ts';
import { update } from '#db/change.ts';
import { someRow } from '#db/guard.ts';
import { tokens } from '#db/schema/index.ts';
import { timeOf } from '../../commit.ts';
import type { Call } from '../../http/env.ts';
import { isLive, type TokenRow } from '../../views/token.ts';
import { makeAndKeep } from './make.ts';
import { managedToken, overAlready } from './managed.ts';

export type RollToken = z.output<typeof rollTokenSchema> & { token: string };

/**
 * A new token in the place of an old one, for the same; the old one stays good for the overlap.
 * @throws AppError `not_found`, `forbidden`, `conflict` when it is over, or that of a run of CI
 */
export async function rollToken({ ctx, input }: Call<RollToken>): Promise<MadeTokenView> {
  const row = await managedToken(ctx, input.token);
  if (row.ci !== null) throw ofOneRun(row);
  const { store, nowMs } = ctx.deps;
  const nowAt = timeOf(nowMs());
  const endsAt = timeOf(nowMs() + input.overlapMinutes * 60_000);
  const live = store.read
    .select({ id: tokens.id })
    .from(tokens)
    .where(and(eq(tokens.id, row.id), isLive(nowAt)));
  // Never longer than it would have been good anyway.
  const expiresAt = row.expiresAt !== null && row.expiresAt < endsAt ? row.expiresAt : endsAt;
  const { person, role, clusters, label, env } = row;
  return await makeAndKeep(
    ctx,
    { person, role, clusters, label, env, days: input.days ?? daysOf(row), replaces: row.id },
    {
      action: 'token.rolled',
      expects: [someRow('the token is live', live, () => overAlready(row))],
      changes: [update(tokens).set({ expiresAt }).where(eq(tokens.id, row.id))],
    },
  );
}

/** Without a person and without its run, a token would be taken for that of a worker. */
const ofOneRun = ({ id, label }: TokenRow): AppError =>
  new AppError('conflict', `The token ${id} is that of one run of CI (${label}), for ten minutes`, {
    done: 'Nothing was changed.',
    next: 'Another run gets one of its own: `flotilla ci token`. Make one that lasts: `flotilla token create`.',
  });

/** For how many days it was made, so that one that was to be short-lived is followed by one that is. */
const daysOf = ({ createdAt, expiresAt }: Pick<TokenRow, 'createdAt' | 'expiresAt'>): number =>
  expiresAt === null ? daysUsual : Math.max(1, Math.round((Date.parse(expiresAt) - Date.parse(createdAt)) / dayMs));
