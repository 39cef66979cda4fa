import { AppError } from '#core/errors.ts';
import { logBytesMax, type LogRecord, logSourcesMax, type LogsRequest, type LogUnseen } from '#core/logs.ts';
import type { OperationError } from '#core/operation.ts';
import { containerSources } from '../logs/container-sources.ts';
import { readContainer, type Source } from '../logs/read-container.ts';
import { type Found, serviceSources } from '../logs/service-sources.ts';
import { pickTask } from '../logs/pick-task.ts';
import { hostsByNode } from '../observe/members.ts';
import type { Ended, RunContext } from '../run-operation.ts';
import { createManagers } from '../steps/context.ts';

/** Containers of one host that are read at a time. */
const lanesMax = 4;
/** Lines that travel together: a batch stays far below what the API takes at once, also when all of it is escapes. */
const batchBytesMax = 512 * 1024;

/**
 * Reads what programs printed, each container on its own host, and hands it to who asked for it by way of the API's memory:
 * no report, no log and no span ever has any of it.
 */
export async function runLogs(context: RunContext): Promise<Ended> {
  const { request } = context.lease.operation;
  if (request.kind !== 'logs') throw new Error(`logs was asked to run ${request.kind}`);
  const found = await sourcesOf(context, request);
  const chosen = request.task === null ? found : pickTask(found, request);
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

/** The newest come first, and those beyond what one answer holds are told. */
function atMost({ sources, unseen }: Found): Pick<Found, 'sources' | 'unseen'> {
  const left = sources.slice(logSourcesMax).map(({ name, host, task }): LogUnseen => {
    const reason = `one answer reads the newest ${logSourcesMax} tasks only; name this one with --task`;
    return { type: 'unseen', name, host, task, reason, code: 'payload_too_large' };
  });
  return { sources: sources.slice(0, logSourcesMax), unseen: [...unseen, ...left] };
}

/** A few at a time on each host; all hosts at once. */
async function readAll(sources: readonly Source[], read: (source: Source) => Promise<LogRecord[]>) {
  const perHost = Map.groupBy(sources, ({ host }) => host).values();
  const lanes = [...perHost].flatMap((own) => {
    const left = own.values();
    const lane = async (): Promise<LogRecord[]> => {
      const records: LogRecord[][] = [];
      // The iterator is shared: each lane takes the next that no other has.
      for (const source of left) records.push(await read(source));
      return records.flat();
    };
    return Array.from({ length: Math.min(lanesMax, own.length) }, lane);
  });
  return (await Promise.all(lanes)).flat();
}

const isLine = (record: LogRecord): record is Extract<LogRecord, { type: 'line' }> => record.type === 'line';

/** By the clocks of their hosts; the sort is stable, so that lines of one container keep their order. */
const byTime = (a: { at: string }, b: { at: string }): number => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0);

async function handOver({ api, lease }: RunContext, records: readonly LogRecord[]): Promise<void> {
  const { operation, fence } = lease;
  let batch: LogRecord[] = [];
  let bytes = 0;
  for (const [at, record] of records.entries()) {
    batch.push(record);
    bytes += record.type === 'line' ? record.text.length + 200 : 200;
    const isLast = at === records.length - 1;
    if (!isLast && bytes < batchBytesMax) continue;
    if (!(await api.handOver(operation.id, fence, { records: batch, isLast }))) throw nobodyWaits();
    [batch, bytes] = [[], 0];
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
