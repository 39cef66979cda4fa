import { and, eq, isNull } from 'drizzle-orm';
import type { TokenView } from '#core/access/contract.ts';
import { update } from '#db/change.ts';
import { someRow } from '#db/guard.ts';
import { tokens } from '#db/schema/index.ts';
import { commit, recordOf, timeOf } from '../../commit.ts';
import type { Call } from '../../http/env.ts';
import { oneOf } from '../../views/one-of.ts';
import { tokenViews } from '../../views/token.ts';
import { adminLeft } from '../access/last-admin.ts';
import { managedToken, overAlready } from './managed.ts';

export interface RevokeToken {
  token: string;
  reason: string | null;
}

/** The token is over with the answer, for every door. @throws AppError `not_found`, `conflict` for the last admin's */
export async function revokeToken({ ctx, input }: Call<RevokeToken>): Promise<TokenView> {
  const row = await managedToken(ctx, input.token);
  const { store, nowMs } = ctx.deps;
  const isIt = eq(tokens.id, row.id);
  const notYet = store.read
    .select({ id: tokens.id })
    .from(tokens)
    .where(and(isIt, isNull(tokens.revokedAt)));
  await commit(ctx.deps, {
    expects: [
      someRow('it was not revoked before', notYet, () => overAlready(row)),
      ...(row.role === 'admin' ? [await adminLeft(ctx, { token: row.id })] : []),
    ],
    changes: [
      update(tokens)
        .set({ revokedAt: timeOf(nowMs()) })
        .where(isIt),
    ],
    events: [
      recordOf(ctx, {
        action: 'token.revoked',
        outcome: 'succeeded',
        target: { kind: 'token', id: row.id },
        reason: input.reason,
        details: { person: row.person, label: row.label },
      }),
    ],
  });
  return oneOf(await tokenViews(store.read, isIt));
}
