import { groupAgeMaxMs } from '#core/access/groups.ts';
import { systemActor } from '#core/actor.ts';
import type { AuditDraft } from '#core/audit.ts';
import { AppError } from '#core/errors.ts';
import { newId } from '#core/ids.ts';
import { slackMessages, slackRequests } from '#db/schema/index.ts';
import { insertRow } from '#db/template.ts';
import type { Envelope } from '#slack/envelope.ts';
import { externalIdOf } from '#slack/account.ts';
import type { ControlPlane, Place, SlackUser, Visitor } from '#slack/ports.ts';
import { commit, timeOf } from '../commit.ts';
import type { Deps } from '../deps.ts';
import type { Caller, Context } from '../http/env.ts';
import { memoryLimiter } from '../http/limiter.ts';
import { vote } from '../verbs/approvals/vote.ts';
import { mayUse } from '../verbs/commands/may-use.ts';
import { runIntent } from '../verbs/commands/run.ts';
import { slackCaller } from './caller.ts';
import { isToldHere } from './is-told.ts';
import type { KeepGroups } from './keep-groups.ts';

/** Whoever knocks without end fills no record: so many refusals a minute are kept, the rest is one line in the log. */
const refusalsPerMinute = 30;

/** Knowledge of groups that is older is renewed before whoever comes is decided on; usually it is younger. */
const groupsOldMs = groupAgeMaxMs / 2;
const groupsAskMs = 700;

/** What the Slack app may do here: the verbs, as the person that an account is linked to. */
export function controlPlane(deps: Deps, groups: KeepGroups): ControlPlane {
  const limiter = memoryLimiter(refusalsPerMinute);
  const recorded = async (event: AuditDraft): Promise<void> => {
    const { allowed } = await limiter.take('refusals', deps.nowMs());
    if (!allowed) return deps.log(`slack: a refusal more than ${refusalsPerMinute} a minute is not on record`);
    await commit(deps, { changes: [], events: [event] }).catch((error: unknown) =>
      deps.log(`slack: a refusal is not on record: ${String(error)}`),
    );
  };
  return {
    visitor: async (who) => {
      await groups(groupsOldMs, groupsAskMs);
      const caller = await slackCaller(deps, who);
      return caller === null ? null : visitorOf(deps, caller);
    },
    turnedAway: (who, why) => recorded(refusal('access.denied', 'denied', { who: externalIdOf(who), why })),
    refused: (why, detail) => recorded(refusal('slack.refused', 'denied', { why, detail: detail.slice(0, 100) })),
    store: (envelope) => stored(deps, envelope),
  };
}

const refusal = (action: string, outcome: AuditDraft['outcome'], details: AuditDraft['details']): AuditDraft => ({
  action,
  actor: systemActor('slack'),
  source: 'slack',
  outcome,
  cluster: null,
  target: null,
  operation: null,
  reason: null,
  details,
});

function visitorOf(deps: Deps, caller: Caller): Visitor {
  const ctx: Context = { deps, caller, requestId: newId('req', deps.nowMs()) };
  return {
    name: caller.actor.name,
    mayUse: (command) => mayUse(ctx, command),
    vote: ({ approval, digest, verdict, confirm, reason }) =>
      vote({ ctx, input: { approval, digest, verdict, confirm, reason } }),
    isTold: async (intent, place) => await isToldHere({ ...ctx, ...toldAt(deps, place) }, intent),
    run: async (intent, place) => await runIntent({ ctx: { ...ctx, ...toldAt(deps, place) }, input: intent }),
  };
}

/** An operation that is asked for here is told here: in the same commit, so that none is forgotten. */
const toldAt = (deps: Deps, { team, user, channel, audience }: Place): Pick<Context, 'onAccept' | 'place'> => ({
  place: channel,
  onAccept: (operation) => [
    insertRow(slackMessages, {
      operation,
      place: 'asked',
      team,
      user,
      channel,
      audience,
      createdAt: timeOf(deps.nowMs()),
    }),
  ],
});

async function stored(deps: Deps, { key, team, user }: Envelope): Promise<'new' | 'repeat'> {
  const row = { key, team: team ?? '', user, at: timeOf(deps.nowMs()) } satisfies SlackUserRow;
  try {
    await commit(deps, { changes: [insertRow(slackRequests, row)], events: [] });
    return 'new';
  } catch (error) {
    if (error instanceof AppError && error.code === 'already_exists') return 'repeat';
    throw error;
  }
}

type SlackUserRow = Pick<SlackUser, 'team'> & { key: string; user: string | null; at: string };
