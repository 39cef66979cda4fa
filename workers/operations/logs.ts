import { AppError } from '#core/errors.ts';
import { logBytesMax } from '#core/log-limits.ts';
import type { LogRecord, LogsRequest } from '#core/logs.ts';
import type { OperationError } from '#core/operation.ts';
import { atMost, batchesOf } from '../logs/batches.ts';
import { containerSources } from '../logs/container-sources.ts';
import { readAll } from '../logs/read-all.ts';
import { readContainer } from '../logs/read-container.ts';
import { type Found, serviceSources } from '../logs/service-sources.ts';
import { pickTask } from '../logs/pick-task.ts';
import { hostsByNode } from '../observe/members.ts';
import type { Ended, RunContext } from '../run-operation.ts';
import { createManagers } from '../steps/context.ts';

/**
 * Reads what programs printed, each container on its own host, and hands it to who asked for it by way of the API's memory:
 * no report, no log and no span ever has any of it.
 */
export async function runLogs(context: RunContext): Promise<Ended> {
  const { request } = context.lease.operation;
  if (request.kind !== 'logs') throw new Error(`logs was asked to run ${request.kind}`);
  const chosen = pickTask(await sourcesOf(context, request), request);
  const { sources, unseen } = atMost(chosen);
  const share = Math.floor(logBytesMax / Math.max(sources.length, 1));
  const how = { tail: request.tail, since: request.since, bytesMax: share };
  const read = await readAll(sources, (source) => readContainer(context.hosts.engine(source.host), source, how));
  const records = [...read, ...unseen];
  const lines = records.filter(isLine).toSorted(byTime);
  const rest = records.filter((one) => !isLine(one));
  const notes = chosen.notes.map((text): LogRecord => ({ type: 'note', text }));
  await handOver(context, [...notes, ...lines, ...rest, { type: 'end', lines: lines.length }]);
  if (rest.some(({ type }) => type === 'source')) return { kind: 'ended', state: 'succeeded', error: null };
  return { kind: 'ended', state: 'failed', error: nothingSeen(request, rest) };
}

async function sourcesOf(context: RunContext, { of, name }: LogsRequest): Promise<Found> {
  const { lease, hosts } = context;
  const cluster = lease.operation.cluster ?? '';
  const hostOf = hostsByNode(Object.entries(lease.cluster?.nodes ?? {}));
  if (of === 'service') return serviceSources({ cluster, name, hosts, hostOf, managers: createManagers(context) });
  const place = lease.revision?.spec.containers[name]?.host ?? null;
  return containerSources({ cluster, name, hosts, names: [...hostOf.values()], place });
}

const isLine = (record: LogRecord): record is Extract<LogRecord, { type: 'line' }> => record.type === 'line';

/** By the clocks of their hosts; the sort is stable, so that lines of one container keep their order. */
const byTime = (a: { at: string }, b: { at: string }): number => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0);

async function handOver({ api, lease }: RunContext, records: readonly LogRecord[]): Promise<void> {
  const { operation, fence } = lease;
  for (const batch of batchesOf(records)) if (!(await api.handOver(operation.id, fence, batch))) throw nobodyWaits();
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
