import { AppError } from '#core/errors.ts';
import type { LogRecord, LogsRequest } from '#core/logs.ts';
import type { OperationError } from '#core/operation.ts';
import { batchesOf } from '../logs/batches.ts';
import { inOrder } from '../logs/outbox.ts';
import type { Ended, RunContext } from '../run-context.ts';
import { runFollow } from './follow-logs.ts';
import { finderOf, readFound } from './read-logs.ts';

/**
 * Reads what programs printed, each container on its own host, and hands it to who asked for it by way of the API's memory:
 * no report, no log and no span ever has any of it.
 */
export async function runLogs(context: RunContext): Promise<Ended> {
  const { request } = context.lease.operation;
  if (request.kind !== 'logs') throw new Error(`logs was asked to run ${request.kind}`);
  if (request.follow === true) return runFollow(context, request);
  const read = await readFound(context, await finderOf(context, request)(), request);
  const notes = read.filter(({ type }) => type === 'note');
  const rest = inOrder(read.filter(({ type }) => type !== 'note'));
  const lines = rest.filter(({ type }) => type === 'line').length;
  await handOver(context, [...notes, ...rest, { type: 'end', lines }]);
  if (rest.some(({ type }) => type === 'source')) return { kind: 'ended', state: 'succeeded', error: null };
  return { kind: 'ended', state: 'failed', error: nothingSeen(request, rest) };
}

async function handOver({ api, lease }: RunContext, records: readonly LogRecord[]): Promise<void> {
  const { operation, fence } = lease;
  for (const batch of batchesOf(records)) {
    const { isTaken } = await api.handOver(operation.id, fence, batch);
    if (!isTaken) throw nobodyWaits();
  }
}

const nobodyWaits = (): AppError =>
  new AppError('cancelled', 'Nobody waits any more for what was read.', {
    done: 'Nothing was changed, and nothing of it was kept.',
    next: 'Ask again.',
  });

function nothingSeen({ of, name }: LogsRequest, rest: readonly LogRecord[]): OperationError {
  const first = rest.find((one) => one.type === 'unseen');
  const where = first?.host == null ? '' : ` ${first.name} on ${first.host}:`;
  return {
    code: first?.code ?? 'engine_error',
    message: `Nothing of what the ${of} ${name} printed could be seen:${where} ${first?.reason ?? 'there is nothing to read'}.`,
    done: 'Nothing was changed.',
    next: 'See what runs where: `flotilla ps`.',
  };
}
