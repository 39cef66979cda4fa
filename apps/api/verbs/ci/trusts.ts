import { and, eq, isNull } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import { newId } from '#core/ids.ts';
import { type AddTrust, publicIssuers, type TrustView } from '#core/ci/contract.ts';
import { insertInto, update } from '#db/change.ts';
import { someRow } from '#db/guard.ts';
import { ciTrusts, tokens } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import { commit, recordOf, timeOf } from '../../commit.ts';
import type { Call } from '../../http/env.ts';
import { oneOf } from '../../views/one-of.ts';
import { type TrustRow, trustViewOf } from '../../views/trust.ts';
import { allNamed, isNamed, nameIsFree } from '../../views/named.ts';

/** Lets runs of a repository in without a secret. @throws AppError `already_exists` */
export async function addTrust({ ctx, input }: Call<AddTrust>): Promise<TrustView> {
  await authorise(ctx, 'ci.manage');
  const { store, nowMs } = ctx.deps;
  const { name, provider } = input;
  const issuer = input.issuer ?? publicIssuers[provider];
  const row: TrustRow = {
    id: newId('trs', nowMs()),
    name,
    issuer,
    wanted: input,
    createdAt: timeOf(nowMs()),
    createdBy: ctx.caller.actor,
    removedAt: null,
  };
  await commit(ctx.deps, {
    expects: [nameIsFree(store.read, ciTrusts, { what: 'trust', name })],
    changes: [insertInto(ciTrusts).values(row)],
    events: [
      recordOf(ctx, {
        action: 'ci-trust.added',
        outcome: 'succeeded',
        target: { kind: 'ci-trust', id: name },
        details: { ...input, issuer },
      }),
    ],
  });
  return trustViewOf(oneOf(await store.read.select().from(ciTrusts).where(isNamed(ciTrusts, name))));
}

/** By name. */
export async function listTrusts({ ctx }: Call<object>): Promise<{ items: TrustView[] }> {
  await authorise(ctx, 'webhook.read');
  const rows = await allNamed(ctx.deps.store.read, ciTrusts);
  return { items: rows.map(trustViewOf) };
}

/** Nobody is let in by it any more, and the tokens that were given by it are over. @throws AppError `not_found` */
export async function removeTrust({ ctx, input: { name } }: Call<{ name: string }>): Promise<{ removed: string }> {
  await authorise(ctx, 'ci.manage');
  const { store, nowMs } = ctx.deps;
  const removedAt = timeOf(nowMs());
  const isThere = store.read.select({ id: ciTrusts.id }).from(ciTrusts).where(isNamed(ciTrusts, name));
  const ofIt = and(eq(tokens.label, trustTokenLabel(name)), isNull(tokens.person), isNull(tokens.revokedAt));
  await commit(ctx.deps, {
    expects: [someRow('there is such a trust', isThere, () => noSuch(name))],
    changes: [
      update(ciTrusts).set({ removedAt }).where(isNamed(ciTrusts, name)),
      update(tokens).set({ revokedAt: removedAt }).where(ofIt),
    ],
    events: [
      recordOf(ctx, { action: 'ci-trust.removed', outcome: 'succeeded', target: { kind: 'ci-trust', id: name } }),
    ],
  });
  return { removed: name };
}

/** As whom a token of a trust is known to rules of the policy. */
export const trustTokenLabel = (trust: string): string => `ci:${trust}`;

const noSuch = (name: string): AppError =>
  new AppError('not_found', `There is no trust ${name}`, {
    done: 'Nothing was changed.',
    next: 'List them with `flotilla ci trusts`.',
  });
