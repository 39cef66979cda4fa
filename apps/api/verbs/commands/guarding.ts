import { countSentence } from '#core/approval/approval.ts';
import { holdMinutesUsual } from '#core/access/contract.ts';
import { groupSentence } from '#core/access/groups.ts';
import { holdSentence, type HoldKind } from '#core/access/hold.ts';
import type { CommandResult } from '#core/command/answer.ts';
import { minutesUntil } from '#core/command/until.ts';
import type { Intent } from '#core/command/command.ts';
import { AppError } from '#core/errors.ts';
import { isFinished } from '#core/operation.ts';
import type { Context } from '../../http/env.ts';
import { can } from '../access/can.ts';
import { listApprovals } from '../approvals/list.ts';
import { type CastVote, vote } from '../approvals/vote.ts';
import { endHold } from '../holds/end.ts';
import { listHolds } from '../holds/list.ts';
import { setHold } from '../holds/set.ts';
import { listOperations } from '../operations/list.ts';
import { clusterArg, textArg, textArgOrNull } from './args.ts';
import type { Handler } from './handler.ts';
import { minutesOf } from '#core/length.ts';
import { weekMinutes } from '#core/minutes.ts';
import { withStop } from '#core/sentence.ts';
import { text } from './results.ts';

/** Commands that keep others from something, agree to it, or tell who does. */
export const guarding: Readonly<Record<string, Handler>> = {
  lock: (ctx, intent, cluster) => hold(ctx, intent, { kind: 'lock', cluster }),
  freeze: (ctx, intent, cluster) => hold(ctx, intent, { kind: 'freeze', cluster }),
  unlock: (ctx, intent, cluster) => end(ctx, intent, { kind: 'lock', cluster }),
  unfreeze: (ctx, intent, cluster) => end(ctx, intent, { kind: 'freeze', cluster }),
  approve: (ctx, intent) => voted(ctx, intent, 'approve'),
  deny: (ctx, intent) => voted(ctx, intent, 'deny'),
  can: async (ctx, intent) => {
    const person = textArgOrNull(intent, 'person');
    const said = await can({
      ctx,
      input: {
        verb: textArg(intent, 'verb'),
        ...(intent.cluster === null ? {} : { cluster: intent.cluster }),
        ...(person === null ? {} : { person }),
      },
    });
    const holds = said.holds.map((one) => holdSentence(one));
    return text([
      `${said.allowed ? 'Yes' : 'No'}: ${said.why} [${said.rule}]`,
      said.approvals,
      ...said.groups.map((seen) => groupSentence(seen)),
      ...holds,
    ]);
  },
  where: async (ctx) => {
    const [{ items: holds }, { items: waiting }, { items: operations }] = await Promise.all([
      listHolds({ ctx, input: {} }),
      listApprovals({ ctx, input: { all: false } }),
      listOperations({ ctx, input: { limit: 100 } }),
    ]);
    const running = operations.filter(({ state }) => !isFinished(state));
    const lines = [
      ...holds.map((one) => holdSentence(one)),
      ...waiting.map(
        (one) => `${one.operation} of ${one.cluster} waits, plan ${one.digest.slice(0, 12)}: ${countSentence(one)}.`,
      ),
      ...running.map(
        ({ id, kind, cluster, state, actor }) => `${id}: ${kind} ${cluster ?? ''} by ${actor.name}: ${state}.`,
      ),
    ];
    return text(lines.length === 0 ? ['Nobody holds anything, nothing runs, nothing waits.'] : lines);
  },
};

interface Meant {
  kind: HoldKind;
  cluster: () => Promise<string>;
}

async function hold(ctx: Context, intent: Intent, which: Meant): Promise<CommandResult> {
  const set = await setHold({
    ctx,
    input: {
      kind: which.kind,
      cluster: await clusterArg(intent, which.cluster),
      reason: intent.reason ?? '',
      protects: null,
      minutes: minutesMeant(intent, ctx.deps.nowMs()),
      takeOver: intent.force,
    },
  });
  return text([holdSentence(set)]);
}

async function end(ctx: Context, intent: Intent, which: Meant): Promise<CommandResult> {
  const { force, reason } = intent;
  const cluster = await clusterArg(intent, which.cluster);
  const ended = await endHold({ ctx, input: { kind: which.kind, cluster, force, reason } });
  const where = cluster === '*' ? 'all clusters' : cluster;
  return text([
    withStop(`The ${ended.kind} of ${ended.ownerName} on ${where} is ended${reason === null ? '' : `: ${reason}`}`),
  ]);
}

/** @throws AppError `invalid_input` */
function minutesMeant(intent: Intent, nowMs: number): number {
  const forHowLong = textArgOrNull(intent, 'for');
  const until = textArgOrNull(intent, 'until');
  if (forHowLong === null && until === null) return holdMinutesUsual;
  const minutes = until === null ? minutesOf(forHowLong ?? '') : minutesUntil(until, nowMs);
  if (minutes !== null && minutes >= 1 && minutes <= weekMinutes) return minutes;
  throw new AppError('invalid_input', `\`${until ?? forHowLong ?? ''}\` is no time from a minute to 7 days from now`, {
    done: 'Nothing was changed.',
    next: 'Write a length such as `for 30m`, `for 2h`, or a time in UTC such as `until 18:00`.',
  });
}

async function voted(ctx: Context, intent: Intent, verdict: CastVote['verdict']): Promise<CommandResult> {
  const approval = await vote({
    ctx,
    input: {
      approval: textArg(intent, 'plan'),
      verdict,
      confirm: textArgOrNull(intent, 'confirm'),
      reason: intent.reason,
    },
  });
  const what = verdict === 'approve' ? 'approved' : 'denied';
  const rest = verdict === 'approve' ? countSentence(approval) : (intent.reason ?? '');
  return text([
    `${what} the plan ${approval.digest.slice(0, 12)} of ${approval.cluster} (${approval.operation}): ${withStop(rest)}`,
  ]);
}
