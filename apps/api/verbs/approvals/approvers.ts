import { and, inArray, isNotNull, isNull } from 'drizzle-orm';
import { decide } from '#core/access/decide.ts';
import type { Policy } from '#core/access/policy.ts';
import { wholeScope } from '#core/access/subject.ts';
import type { Verb } from '#core/access/verbs.ts';
import type { Vote } from '#core/approval/approval.ts';
import { identities, persons, tokens } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';
import type { Deps } from '../../deps.ts';
import { groupsUnder } from '../../groups.ts';

/** Ids of the persons who may do a verb on a cluster now, whatever the scopes of their tokens. */
export async function whoMay(
  deps: Pick<Deps, 'store' | 'nowMs'>,
  policy: Policy,
  verb: Verb,
  cluster: string | null,
): Promise<Set<string>> {
  const { read } = deps.store;
  const groupsOf = await groupsUnder(deps, policy);
  const rows = await read.select().from(persons).where(isNull(persons.removedAt));
  const able = rows.filter(({ id, name, role }) => {
    const subject = {
      kind: 'person',
      person: id,
      name,
      role,
      identity: 'token',
      scope: wholeScope,
      groups: groupsOf(id),
    } as const;
    return decide({ subject, verb, cluster }, policy).allowed;
  });
  return new Set(able.map(({ id }) => id));
}

/**
 * Which votes still count: of persons who may approve here now, by an identity that was not revoked since. A token that
 * was rolled or has expired was good when it was used; one that was revoked perhaps was not its owner's any more.
 */
export async function standing(
  deps: Pick<Deps, 'store' | 'nowMs'>,
  policy: Policy,
  { cluster, votes }: { cluster: string; votes: readonly Vote[] },
): Promise<(vote: Vote) => boolean> {
  const { read } = deps.store;
  const able = await whoMay(deps, policy, 'plan.approve', cluster);
  const used = votes.map(({ via }) => tokenOf(via)).slice(0, 90);
  const rows = await read
    .select({ id: tokens.id })
    .from(tokens)
    .where(and(inArray(tokens.id, used), isNotNull(tokens.revokedAt)));
  const revoked = new Set(rows.map(({ id }) => id));
  const unlinked = await unlinkedSince(read, votes);
  return (vote) => able.has(vote.person) && !revoked.has(tokenOf(vote.via)) && !unlinked.has(vote.via);
}

/** Accounts elsewhere by which was voted, and which are not the voter's any more. */
async function unlinkedSince(read: Reader, votes: readonly Vote[]): Promise<Set<string>> {
  const accounts = votes.filter(({ via }) => !via.startsWith('token:')).slice(0, 90);
  const persons = [...new Set(accounts.map(({ person }) => person))];
  const rows = await read.select().from(identities).where(inArray(identities.person, persons));
  const linked = new Set(rows.map(({ kind, externalId, person }) => `${kind}:${externalId} ${person}`));
  return new Set(accounts.filter(({ via, person }) => !linked.has(`${via} ${person}`)).map(({ via }) => via));
}

const tokenOf = (via: string): string => via.replace(/^token:/, '');
