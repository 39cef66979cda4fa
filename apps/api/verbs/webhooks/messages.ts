import { and, desc, eq, lt } from 'drizzle-orm';
import type { z } from 'zod';
import { AppError } from '#core/errors.ts';
import type { messageQuerySchema, MessageView } from '#core/webhooks/out/contract.ts';
import { update } from '#db/change.ts';
import { webhookMessages, webhookTargets } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import { commit, recordOf } from '../../commit.ts';
import type { Call } from '../../http/env.ts';
import { numberOfCursor, pageOfRows } from '../../http/page.ts';
import { oneOf } from '../../views/one-of.ts';
import { messagesWithTarget, messageViewOf } from '../../views/target.ts';

/** Newest first. */
export async function listMessages({
  ctx,
  input,
}: Call<z.output<typeof messageQuerySchema>>): Promise<{ items: MessageView[]; next: string | null }> {
  await authorise(ctx, 'webhook.read');
  const before = numberOfCursor(input.cursor);
  const rows = await messagesWithTarget(ctx.deps.store.read)
    .where(
      and(
        input.target === undefined ? undefined : eq(webhookTargets.name, input.target),
        input.state === undefined ? undefined : eq(webhookMessages.state, input.state),
        before === null ? undefined : lt(webhookMessages.number, before),
      ),
    )
    .orderBy(desc(webhookMessages.number))
    .limit(input.limit + 1);
  return pageOfRows(rows, input.limit, ({ message }) => message.number, messageViewOf);
}

/** Sends it once more, under the same id, and as often as the first time. @throws AppError `not_found`, `conflict` */
export async function resendMessage({ ctx, input }: Call<{ message: string }>): Promise<MessageView> {
  await authorise(ctx, 'webhook.replay');
  const { store, nowMs } = ctx.deps;
  const isIt = eq(webhookMessages.id, input.message);
  const [before] = await messagesWithTarget(store.read).where(isIt).limit(1);
  if (before === undefined)
    throw new AppError('not_found', `There is no message ${input.message}`, {
      next: 'List them with `flotilla webhooks messages`.',
    });
  if (before.disabledAt !== null) throw isDisabled(before.target);
  const set = { state: 'waiting', attempts: 0, dueMs: nowMs(), endedAt: null } as const;
  await commit(ctx.deps, {
    changes: [update(webhookMessages).set(set).where(isIt)],
    events: [
      recordOf(ctx, {
        action: 'webhook.sent-again',
        outcome: 'recorded',
        target: { kind: 'webhook-message', id: input.message },
        details: { target: before.target, type: before.message.type },
      }),
    ],
  });
  return messageViewOf(oneOf(await messagesWithTarget(store.read).where(isIt)));
}

const isDisabled = (target: string): AppError =>
  new AppError('conflict', `Nothing is sent to ${target}: it is disabled since it answered 410`, {
    done: 'Nothing was changed; what waits for it waits on.',
    next: `Let \`flotilla webhooks enable ${target}\` send what waits, this too.`,
  });
