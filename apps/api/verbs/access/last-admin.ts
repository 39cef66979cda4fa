import { and, eq, isNull } from 'drizzle-orm';
import { decide } from '#core/access/decide.ts';
import type { Policy } from '#core/access/policy.ts';
import { AppError } from '#core/errors.ts';
import { type Guard, someRow } from '#db/guard.ts';
import { persons, tokens } from '#db/schema/index.ts';
import { timeOf } from '../../commit.ts';
import { groupsUnder } from '../../groups.ts';
import type { Context } from '../../http/env.ts';
import { isLive } from '../../views/token.ts';

/** What is about to go: a person as an admin, or one token. */
export interface Going {
  person?: string;
  token?: string;
}

/**
 * Somebody must be left who can come in and change everything: an admin with a live token that narrows nothing, whom
 * the policy does not deny. The guard holds him to the commit. @throws AppError `conflict` when nobody is left
 */
export async function adminLeft(ctx: Context, going: Going, policy: Policy = ctx.caller.policy): Promise<Guard> {
  const { store, nowMs } = ctx.deps;
  const isAdmin = and(
    eq(persons.role, 'admin'),
    isNull(persons.removedAt),
    eq(tokens.role, 'admin'),
    isLive(timeOf(nowMs())),
  );
  const rows = await store.read
    .select({ token: tokens.id, clusters: tokens.clusters, person: persons.id, name: persons.name })
    .from(tokens)
    .innerJoin(persons, eq(persons.id, tokens.person))
    .where(isAdmin);
  const groupsOf = await groupsUnder(ctx.deps, policy);
  const left = rows.find(
    ({ token, clusters, person, name }) =>
      token !== going.token &&
      person !== going.person &&
      decide(
        {
          subject: {
            kind: 'person',
            person,
            name,
            role: 'admin',
            identity: 'token',
            scope: { role: 'admin', clusters },
            groups: groupsOf(person),
          },
          verb: 'policy.set',
          cluster: null,
        },
        policy,
      ).allowed,
  );
  if (left === undefined) throw nobodyLeft();
  const still = store.read
    .select({ id: tokens.id })
    .from(tokens)
    .innerJoin(persons, eq(persons.id, tokens.person))
    .where(and(isAdmin, eq(tokens.id, left.token)));
  return someRow('an admin is left', still, nobodyLeft);
}

const nobodyLeft = (): AppError =>
  new AppError('conflict', 'Nobody would be left who can change persons, tokens and the policy', {
    done: 'Nothing was changed.',
    next: 'Make another person an admin first, with a token of his own.',
  });
