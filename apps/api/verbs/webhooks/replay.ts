import { AppError } from '#core/errors.ts';
import { newId } from '#core/ids.ts';
import type { Operation } from '#core/operation.ts';
import type { DeliveryView } from '#core/webhooks/contract.ts';
import { matchRules } from '#core/webhooks/rule.ts';
import { insertInto } from '#db/change.ts';
import { webhookDeliveries } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import { recordOf, timeOf } from '../../commit.ts';
import type { Call } from '../../http/env.ts';
import { deliveryViewOf, sourceNamed } from '../../views/webhook.ts';
import { carryOut } from './carry-out.ts';
import { deliveryById } from './list-deliveries.ts';

/**
 * Carries out a delivery once more, by the rules as they are now, with the rights of whoever asks. One that was refused
 * says nothing that could be believed. @throws AppError `not_found`, `conflict`, and what the command is refused with
 */
export async function replayDelivery({
  ctx,
  input,
}: Call<{ delivery: string }>): Promise<{ delivery: DeliveryView; operation: Operation }> {
  await authorise(ctx, 'webhook.replay');
  const { read } = ctx.deps.store;
  const { delivery: before, source } = await deliveryById(read, input.delivery);
  const { rules } = await sourceNamed(read, source);
  if (before.facts === null || before.state === 'refused') throw saysNothing(before.id, before.state);
  const matched = matchRules(rules, before.facts);
  if (matched.kind === 'ignored') throw wantedByNone(matched.why);
  const { text: command, cluster } = matched;
  const { source: id, senderId, bodySha256, facts } = before;
  const row = {
    id: newId('dlv', ctx.deps.nowMs()),
    source: id,
    senderId,
    bodySha256,
    facts,
    command,
    cluster,
    at: timeOf(ctx.deps.nowMs()),
    state: 'accepted',
    replayOf: before.replayOf ?? before.id,
  } as const;
  const operation = await carryOut(ctx, matched, {
    changes: (made) => [insertInto(webhookDeliveries).values({ ...row, operation: made })],
    events: (made) => [
      recordOf(ctx, {
        action: 'webhook.replayed',
        outcome: 'recorded',
        cluster,
        target: { kind: 'delivery', id: row.id },
        operation: made,
        details: { source, replayOf: row.replayOf, command },
      }),
    ],
  });
  const { delivery } = await deliveryById(read, row.id);
  return { delivery: deliveryViewOf({ delivery, source }), operation };
}

const saysNothing = (id: string, state: string): AppError =>
  new AppError('conflict', `The delivery ${id} was ${state}, and nothing that it said is kept`, {
    done: 'Nothing was done.',
    next: 'Let the sender send it again.',
  });

const wantedByNone = (why: string): AppError =>
  new AppError('conflict', `It would be ignored: ${why}`, {
    done: 'Nothing was done.',
    next: 'Change the rules of the source first.',
  });
