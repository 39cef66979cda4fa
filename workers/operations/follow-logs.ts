import { AppError } from '#core/errors.ts';
import type { HandedOver, LogBatch, LogsRequest, LogUnseen } from '#core/logs.ts';
import { Following, isOnItsWay } from '../logs/following.ts';
import type { Followed } from '../logs/follow-container.ts';
import { inOrder, Outbox } from '../logs/outbox.ts';
import { rest } from '#core/rest.ts';
import { SeenMessages } from '../logs/seen-messages.ts';
import type { Source } from '../logs/read-container.ts';
import type { Found } from '../logs/service-sources.ts';
import type { Ended, RunContext } from '../run-context.ts';
import { finderOf, readFound } from './read-logs.ts';

const keeperLookMs = 250;

/**
 * Reads what was printed, and then hands over what comes, until nobody takes it any more. Holds no place for operations.
 * One that was begun by another run is not gone on with: what was handed over then is not known.
 */
export async function runFollow(context: RunContext, request: LogsRequest): Promise<Ended> {
  context.detach();
  if (context.lease.fence > 1) throw interrupted();
  const since = new Date().toISOString();
  const over = new AbortController();
  const outbox = new Outbox();
  const sent = outbox.run(sender(context, over.signal), over.signal);
  const stopped = stopOf(context, over.signal);
  const followed = follow(context, request, { outbox, since, signal: over.signal });
  try {
    const isLeft = await Promise.race([sent, stopped.then(() => false), followed.then(() => false)]);
    return isLeft ? { kind: 'ended', state: 'succeeded', error: null } : endedBy(context);
  } finally {
    over.abort();
    await Promise.allSettled([sent, stopped, followed]);
  }
}

interface Way {
  outbox: Outbox;
  since: string;
  signal: AbortSignal;
}

async function follow(context: RunContext, request: LogsRequest, { outbox, since, signal }: Way): Promise<void> {
  const find = finderOf(context, request);
  const all = await firstLook(find);
  const found = { ...all, unseen: all.unseen.filter((one) => !isOnItsWay(one)) };
  const seen = new Map<string, SeenMessages>();
  // Nothing of before is wanted: where it ends has to be known all the same.
  const isFromNow = request.tail === 0;
  const how = { ...request, tail: Math.max(1, request.tail) };
  const read = await readFound(context, found, how, ({ container }, has) => void seen.set(container, has));
  const shown = read.map((one) => (one.type === 'source' && isFromNow ? { ...one, lines: 0 } : one));
  for (const record of inOrder(shown)) if (record.type !== 'line' || !isFromNow) outbox.add(record);
  const ended = new Set(read.flatMap((one) => (one.type === 'source' && one.exitCode !== null ? [one.container] : [])));
  // A task never runs again.
  const isOver = ({ task, container }: Source): boolean => task !== null && ended.has(container);
  const goneOn = found.sources
    .filter((source) => !isOver(source))
    .map((source): Followed => {
      const { container } = source;
      const first = { tail: seen.has(container) ? ('all' as const) : how.tail, since: request.since };
      return { source, seen: seen.get(container) ?? new SeenMessages(), first, isOver: ended.has(container) };
    });
  const following = new Following({ engineOf: (host) => context.hosts.engine(host), find, outbox, signal, since });
  const told = read.filter((one): one is LogUnseen => one.type === 'unseen');
  following.begin(goneOn, { told, over: found.sources.filter(isOver), isWithoutManager: found.notes.length > 0 });
  await following.run();
}

/** A service without tasks may have some soon. */
async function firstLook(find: () => Promise<Found>): Promise<Found> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof AppError && error.code === 'conflict') return { sources: [], unseen: [], notes: [] };
    throw error;
  }
}

/** While the API is away, or has no room, the same is sent again, which changes nothing if it came. */
function sender({ api, lease, keeper }: RunContext, signal: AbortSignal): (batch: LogBatch) => Promise<HandedOver> {
  const { operation, fence } = lease;
  return async (batch) => {
    for (;;) {
      try {
        return await api.handOver(operation.id, fence, batch);
      } catch (error) {
        const mayPass =
          error instanceof AppError && (error.code === 'api_unreachable' || error.code === 'rate_limited');
        if (!mayPass || signal.aborted || keeper.stopReason !== null) throw error;
        await rest(keeperLookMs, signal);
      }
    }
  };
}

async function stopOf({ keeper }: RunContext, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && keeper.stopReason === null) await rest(keeperLookMs, signal);
}

function endedBy({ keeper }: RunContext): Ended {
  const { stopReason } = keeper;
  if (stopReason === 'cancelled') return { kind: 'ended', state: 'cancelled', error: null };
  if (stopReason === 'shutdown') throw interrupted();
  return { kind: 'handed-back' };
}

const interrupted = (): AppError =>
  new AppError('worker_stopped', 'The worker that followed this was stopped or restarted.', {
    done: 'Nothing was changed. What is printed meanwhile stays in the logs of the engines.',
    next: 'Follow it again, with `--since` from the last line on.',
  });
