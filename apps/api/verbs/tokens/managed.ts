import { eq } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import { tokens } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import { personOf, type Context } from '../../http/env.ts';
import type { TokenRow } from '../../views/token.ts';

/** A token by its public id that the caller may roll and revoke. @throws AppError `not_found`, `forbidden` */
export async function managedToken(ctx: Context, id: string): Promise<TokenRow> {
  const row = await ctx.deps.store.read.query.tokens.findFirst({ where: eq(tokens.id, id) });
  if (row === undefined) {
    throw new AppError('not_found', `There is no token ${id}`, {
      next: 'List them with `flotilla token ls`; the id is the part after `flt_` that is shown there.',
    });
  }
  const isOwn = row.person !== null && row.person === personOf(ctx.caller);
  await authorise(ctx, isOwn ? 'token.own' : 'token.manage');
  return row;
}

export const overAlready = ({ id, revokedAt }: TokenRow): AppError =>
  new AppError('conflict', `The token ${id} ${revokedAt === null ? 'has expired' : `was revoked at ${revokedAt}`}`, {
    done: 'Nothing was changed.',
    next: 'Make a new one with `flotilla token create`.',
  });
