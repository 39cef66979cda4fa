import { eq } from 'drizzle-orm';
import type { MadeTokenView } from '#core/access/contract.ts';
import type { AuditDraft } from '#core/audit.ts';
import type { Role } from '#core/actor.ts';
import { dayMs } from '#core/length.ts';
import { insertInto, type Change } from '#db/change.ts';
import type { Guard } from '#db/guard.ts';
import { tokens } from '#db/schema/index.ts';
import { commit, recordOf, timeOf } from '../../commit.ts';
import { personOf, type Context } from '../../http/env.ts';
import { makeToken } from '../../tokens.ts';
import { oneOf } from '../../views/one-of.ts';
import { tokenViews } from '../../views/token.ts';

export interface NewToken {
  person: string | null;
  role: Role;
  clusters: string[];
  label: string;
  days: number;
  env: string | null;
  replaces: string | null;
}

/** Makes a token, with what else its commit does; tells the secret this once. */
export async function makeAndKeep(
  ctx: Context,
  wanted: NewToken,
  also: { action: string; changes?: Change[]; expects?: Guard[] },
): Promise<MadeTokenView> {
  const { nowMs, sha256, store } = ctx.deps;
  const { env, days, ...row } = wanted;
  const made = makeToken(env);
  const expiresAt = timeOf(nowMs() + days * dayMs);
  const kept = {
    ...row,
    env,
    id: made.id,
    sha256: await sha256(made.text),
    createdAt: timeOf(nowMs()),
    createdBy: personOf(ctx.caller),
    expiresAt,
  };
  const event: AuditDraft = recordOf(ctx, {
    action: also.action,
    outcome: 'succeeded',
    target: { kind: 'token', id: made.id },
    details: { ...row, expiresAt },
  });
  await commit(ctx.deps, {
    expects: also.expects ?? [],
    changes: [insertInto(tokens).values(kept), ...(also.changes ?? [])],
    events: [event],
  });
  return { token: made.text, view: oneOf(await tokenViews(store.read, eq(tokens.id, made.id))) };
}
