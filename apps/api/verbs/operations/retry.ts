import { AppError, orRefusal } from '#core/errors.ts';
import { logsCommand, type LogsRequest } from '#core/logs.ts';
import { isFinished, type Operation, type OperationRequest } from '#core/operation.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';
import type { Reader } from '#db/reader.ts';
import { operationRow, type OperationRow } from '../../views/operation.ts';
import { deliveryBehind } from '../../views/webhook.ts';
import { targetOf } from '../clusters/target.ts';
import { authoriseIdentity } from '../hosts/authorise-identity.ts';
import { acceptOperation } from './accept.ts';
import { onlyOne, retries } from './under-way.ts';

export interface RetryOperation {
  id: string;
  reason: string | null;
}

/**
 * A new operation that asks for the same. It observes and plans anew, so that it goes on with what is left; the plan
 * that was seen before is over. @throws AppError `not_found`, `conflict`
 */
export async function retryOperation({ ctx, input }: Call<RetryOperation>): Promise<Operation> {
  const { read } = ctx.deps.store;
  const row = await operationRow(read, input.id);
  await authorise(ctx, 'operation.retry', row.cluster);
  await authoriseIdentity(ctx, row.kind);
  if (!isFinished(row.state) || row.state === 'succeeded') {
    const next = row.state === 'succeeded' ? 'Ask for it anew.' : 'Wait for it, or cancel it first.';
    const message = `Operation ${row.id} ${row.state === 'succeeded' ? 'has succeeded' : `is ${row.state}`}, so there is nothing to retry`;
    throw new AppError('conflict', message, { done: 'Nothing was done.', next });
  }
  if (row.request.kind === 'logs') throw askAgain(row, row.request);
  const request = retried(row.request);
  if ('revision' in request && row.cluster !== null) {
    const refusal = await orRefusal(targetOf(read, row.cluster, request.revision));
    if (refusal instanceof AppError) throw await withReplay(read, row, refusal);
  }
  return await acceptOperation(ctx, {
    request,
    cluster: row.cluster,
    reason: input.reason ?? row.reason,
    retryOf: row.id,
    expects: [await onlyOne(read, retries(row.id), 'It is being retried')],
  });
}

/** What a webhook says is an edit, which can be made again on what is current; its old revision cannot be retried then. */
async function withReplay(read: Reader, row: OperationRow, refusal: AppError): Promise<AppError> {
  const delivery = refusal.code === 'conflict' ? await deliveryBehind(read, row) : null;
  if (delivery === null) return refusal;
  const next = `\`flotilla webhooks replay ${delivery.id}\` does what the webhook said on what is current now.`;
  return new AppError(refusal.code, refusal.message, { done: 'Nothing was done.', next });
}

/** What it reads goes to who waits for it, and behind a retry nobody does. */
const askAgain = ({ id, cluster }: OperationRow, { of, name }: LogsRequest): AppError =>
  new AppError('conflict', `Operation ${id} read logs, which are not read twice`, {
    done: 'Nothing was done.',
    next: `Ask again: \`${logsCommand(of, name, cluster ?? '')}\`.`,
  });

const retried = (request: OperationRequest): OperationRequest =>
  request.kind === 'apply' ? { ...request, digest: null } : request;
