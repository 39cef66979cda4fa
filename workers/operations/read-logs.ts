import type { LogRecord, LogsRequest } from '#core/logs.ts';
import { takenIds } from '#core/plan/taken.ts';
import { logBytesMax } from '#core/log-limits.ts';
import { atMost } from '../logs/batches.ts';
import { containerSources } from '../logs/container-sources.ts';
import { pickTask } from '../logs/pick-task.ts';
import { readAll } from '../logs/read-all.ts';
import { readContainer, type ReadHow } from '../logs/read-container.ts';
import { type Found, serviceSources } from '../logs/service-sources.ts';
import { hostsByNode } from '../observe/members.ts';
import type { RunContext } from '../run-context.ts';
import { createManagers } from '../steps/context.ts';

/** Looks for what there is to read of what was asked for; anew at each call. */
export function finderOf(context: RunContext, request: LogsRequest): () => Promise<Found> {
  const { lease, hosts } = context;
  const { of, name } = request;
  const cluster = lease.operation.cluster ?? '';
  const hostOf = hostsByNode(Object.entries(lease.cluster?.nodes ?? {}));
  if (of === 'container') {
    const place = lease.revision?.spec.containers[name]?.host ?? null;
    const taken = takenIds(lease.revision?.decisions ?? []);
    return () => containerSources({ cluster, name, hosts, names: [...hostOf.values()], place, taken });
  }
  // Who manages may change: after a failure all are asked anew.
  let managers = createManagers(context);
  const memory = { nodes: null };
  return async () => {
    try {
      return pickTask(await serviceSources({ cluster, name, hosts, hostOf, managers, memory }), request);
    } catch (error) {
      managers = createManagers(context);
      throw error;
    }
  };
}

/** What was printed, container by container, with what could not be seen; before it what holds for the whole. */
export async function readFound(
  { hosts }: Pick<RunContext, 'hosts'>,
  found: Found,
  { tail, since }: Pick<LogsRequest, 'tail' | 'since'>,
  onRead?: ReadHow['onRead'],
): Promise<LogRecord[]> {
  const { sources, unseen } = atMost(found);
  const share = Math.floor(logBytesMax / Math.max(sources.length, 1));
  const how = { tail, since, bytesMax: share, ...(onRead === undefined ? {} : { onRead }) };
  const read = await readAll(sources, (source) => readContainer(hosts.engine(source.host), source, how));
  return [...found.notes.map((text): LogRecord => ({ type: 'note', text })), ...read, ...unseen];
}
