import { and, eq, inArray } from 'drizzle-orm';
import type { Groups, GroupSeen } from '#core/access/groups.ts';
import { groupsIn, type Policy } from '#core/access/policy.ts';
import { identities, slackGroups } from '#db/schema/index.ts';
import type { Deps } from './deps.ts';

type Needs = Pick<Deps, 'store' | 'nowMs'>;

/** What is known of Slack groups that the policy names, for any person. */
export type GroupsOf = (person: string) => Groups;

const nobody: GroupsOf = () => null;

/**
 * Reads who is in the groups that a policy names, as Slack last told; costs nothing for a policy that names none.
 * `person`: only for this one.
 */
export async function groupsUnder({ store, nowMs }: Needs, policy: Policy, person?: string): Promise<GroupsOf> {
  const named = groupsIn(policy);
  if (named.length === 0) return nobody;
  const isSlack = eq(identities.kind, 'slack');
  const [rows, accounts] = await Promise.all([
    store.read.select().from(slackGroups).where(inArray(slackGroups.named, named)),
    store.read
      .select({ person: identities.person, account: identities.externalId })
      .from(identities)
      .where(person === undefined ? isSlack : and(isSlack, eq(identities.person, person))),
  ]);
  const now = nowMs();
  const accountsOf = Map.groupBy(accounts, (one) => one.person);
  return (of) => {
    const own = accountsOf.get(of);
    if (own === undefined) return null;
    return named.map((group): GroupSeen => {
      const row = rows.find((one) => one.named === group);
      const isMember = own.some(({ account }) => row?.members.includes(account) === true);
      const seenAt = row?.seenAt ?? null;
      const ageMs = seenAt === null ? null : Math.max(0, now - Date.parse(seenAt));
      return { group, isMember, ageMs, fault: row?.fault ?? null };
    });
  };
}

/** The same for one person. */
export const groupsOf = async (deps: Needs, policy: Policy, person: string): Promise<Groups> =>
  (await groupsUnder(deps, policy, person))(person);
