import { and, eq, isNull, sql } from 'drizzle-orm';
import { wholeScope } from '#core/access/subject.ts';
import { kept } from '#db/kept.ts';
import { identities, notices, persons, policies } from '#db/schema/index.ts';
import { externalIdOf } from '#slack/account.ts';
import type { SlackUser } from '#slack/ports.ts';
import type { Deps } from '../deps.ts';
import { groupsOf } from '../groups.ts';
import type { Caller } from '../http/env.ts';
import { policyNumbered } from '../policies.ts';

const linkedTo = kept([identities, persons, policies, notices], async (read, externalId: string) => {
  const [row] = await read
    .select({
      person: persons,
      policy: sql<number | null>`(select max(${policies.number}) from ${policies})`,
      notices: sql<number>`(select count(*) from ${notices} where ${notices.person} = ${persons.id} and ${isNull(notices.seenAt)})`,
    })
    .from(identities)
    .innerJoin(persons, eq(persons.id, identities.person))
    .where(and(eq(identities.kind, 'slack'), eq(identities.externalId, externalId), isNull(persons.removedAt)))
    .limit(1);
  return row ?? null;
});

/** Whose the account is, with all the rights of the person; null when it is nobody's. */
export async function slackCaller(deps: Pick<Deps, 'store' | 'nowMs'>, who: SlackUser): Promise<Caller | null> {
  const { store } = deps;
  const externalId = externalIdOf(who);
  const row = await linkedTo(store.read, externalId);
  if (row === null) return null;
  const { id: person, name, role } = row.person;
  const via = `slack:${externalId}`;
  const policy = await policyNumbered(store.read, row.policy);
  const groups = await groupsOf(deps, policy, person);
  return {
    actor: { kind: 'person', person, name, via },
    role,
    source: 'slack',
    token: via,
    expiresAt: null,
    subject: { kind: 'person', person, name, role, identity: 'slack', scope: wholeScope, groups },
    policy,
    notices: row.notices,
  };
}
