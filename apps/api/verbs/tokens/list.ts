import { eq, or } from 'drizzle-orm';
import type { TokenView } from '#core/access/contract.ts';
import { tokens } from '#db/schema/index.ts';
import { authorise, may } from '../../access.ts';
import { personOf, type Call } from '../../http/env.ts';
import { tokenViews } from '../../views/token.ts';

/** The caller's own tokens, and everybody's for whoever manages them. */
export async function listTokens({ ctx }: Call<Record<string, never>>): Promise<{ items: TokenView[] }> {
  await authorise(ctx, 'token.own');
  const mine = or(eq(tokens.person, personOf(ctx.caller) ?? ''), eq(tokens.id, ctx.caller.token));
  return { items: await tokenViews(ctx.deps.store.read, may(ctx, 'token.manage', null) ? undefined : mine) };
}
