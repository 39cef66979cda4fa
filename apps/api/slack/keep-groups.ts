import { inArray } from 'drizzle-orm';
import { systemActor } from '#core/actor.ts';
import type { AuditDraft } from '#core/audit.ts';
import { groupsIn } from '#core/access/policy.ts';
import { textAt } from '#core/member.ts';
import { type Change, insertInto } from '#db/change.ts';
import { slackGroups } from '#db/schema/index.ts';
import { externalIdOf } from '#slack/account.ts';
import { askGroups, type GroupAnswer } from '#slack/web/groups.ts';
import type { WebApi } from '#slack/web/web-api.ts';
import { commit, timeOf } from '../commit.ts';
import type { Deps } from '../deps.ts';
import { currentPolicy } from '../policies.ts';

/** Asks Slack again where the oldest knowledge of a group that the policy names is older than this, in milliseconds. */
export type KeepGroups = (olderThanMs: number, limitMs?: number) => Promise<void>;

/** How old what is known may become before whoever runs this has Slack asked again. */
export const groupsEveryMs = 60_000;

/** After an attempt, good or not, Slack is left alone for so long. */
const pauseMs = 20_000;
const askMs = 5_000;

type Row = typeof slackGroups.$inferSelect;

/**
 * Keeps who is in the groups of the policy. What Slack does not answer leaves what was known as it was: it grows old,
 * and nobody is granted anything by it in the end. Who came and went is on record. Never throws.
 */
export function keepGroups(deps: Deps, web: WebApi): KeepGroups {
  let asking: Promise<void> | null = null;
  const keep = async (olderThanMs: number, limitMs: number): Promise<void> => {
    const { store, nowMs } = deps;
    const named = groupsIn((await currentPolicy(store.read)).policy);
    if (named.length === 0) return;
    const rows = await store.read.select().from(slackGroups).where(inArray(slackGroups.named, named));
    if (!named.some((name) => isDue(rows, name, { olderThanMs, nowMs: nowMs() }))) return;
    await renew(deps, web, { named, rows, limitMs });
  };
  return async (olderThanMs, limitMs = askMs) => {
    asking ??= keep(olderThanMs, limitMs)
      .catch((error: unknown) => deps.log(`slack: groups are not known anew: ${String(error)}`))
      .finally(() => {
        asking = null;
      });
    await asking;
  };
}

function isDue(rows: readonly Row[], name: string, when: { olderThanMs: number; nowMs: number }): boolean {
  const row = rows.find(({ named }) => named === name);
  if (row === undefined) return true;
  const age = (at: string | null): number => (at === null ? Infinity : when.nowMs - Date.parse(at));
  return age(row.seenAt) > when.olderThanMs && age(row.triedAt) > pauseMs;
}

interface Renewal {
  named: readonly string[];
  rows: readonly Row[];
  limitMs: number;
}

async function renew(deps: Deps, web: WebApi, { named, rows, limitMs }: Renewal): Promise<void> {
  const who = await web('auth.test', {}, limitMs);
  const team = who.kind === 'ok' ? textAt(who.body, 'team_id') : null;
  const answers =
    team === null
      ? new Map(named.map((name): [string, GroupAnswer] => [name, { kind: 'fault', why: 'Slack does not answer' }]))
      : await askGroups(web, named, limitMs);
  const at = timeOf(deps.nowMs());
  const changes: Change[] = [];
  const events: AuditDraft[] = [];
  for (const [name, answer] of answers) {
    const before = rows.find((row) => row.named === name) ?? null;
    const row = rowOf(name, { answer, before, team: team ?? '', at });
    changes.push(insertInto(slackGroups).values(row).onConflictDoUpdate({ target: slackGroups.named, set: row }));
    if (answer.kind === 'seen') events.push(...changeOf(before, row));
    else if (before?.fault !== row.fault) deps.log(`slack: who is in ${name} is not known anew: ${answer.why}`);
  }
  await commit(deps, { changes, events });
}

function rowOf(
  named: string,
  { answer, before, team, at }: { answer: GroupAnswer; before: Row | null; team: string; at: string },
): Row {
  if (answer.kind === 'fault') {
    const { id = null, members = [], seenAt = null } = before ?? {};
    return { named, id, members, seenAt, triedAt: at, fault: answer.why };
  }
  const members = answer.users.map((user) => externalIdOf({ team, user })).toSorted();
  return { named, id: answer.id, members, seenAt: at, triedAt: at, fault: null };
}

const shownMax = 50;

/** Whoever edits a group in Slack gives rights: who came and who went is on record, and told where it is followed. */
function changeOf(before: Row | null, after: Row): AuditDraft[] {
  const known = before?.seenAt == null ? [] : before.members;
  const added = after.members.filter((one) => !known.includes(one));
  const removed = known.filter((one) => !after.members.includes(one));
  if (added.length === 0 && removed.length === 0) return [];
  const details = {
    id: after.id,
    members: after.members.length,
    added: added.slice(0, shownMax),
    removed: removed.slice(0, shownMax),
  };
  return [
    {
      action: 'access.group-changed',
      actor: systemActor('slack'),
      source: 'slack',
      outcome: 'recorded',
      cluster: null,
      target: { kind: 'slack-group', id: after.named },
      operation: null,
      reason: null,
      details,
    },
  ];
}
