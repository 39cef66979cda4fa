import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '#core/errors.ts';
import { isFinished } from '#core/operation.ts';
import type { OperationEvent } from '#core/wire.ts';
import { abortable } from './abortable.ts';
import { sseMessages } from './sse.ts';

/** What following tells: events, and whether the API is away at the moment. */
export type Followed = { kind: 'event'; event: OperationEvent } | { kind: 'away'; forMs: number } | { kind: 'back' };

export interface FollowInput {
  operation: string;
  /** Opens the event stream after this event id (0: from the start). Rejects with an AppError. */
  open: (afterId: number, signal: AbortSignal) => Promise<ReadableStream<Uint8Array>>;
  signal: AbortSignal;
  /** How long the API may be away before following gives up. */
  awayMsMax?: number;
  /** A stream that is silent for so long is taken as dead; the API sends keep-alives more often. */
  silenceMsMax?: number;
}

const retryMs = [200, 500, 1000, 2000];

/**
 * The events of an operation from the first one to the one that ends it. A dropped stream is opened again after the
 * last event seen; ends by itself when the operation has ended.
 * @throws AppError `api_unreachable` when the API stays away too long, and any refusal (`not_found`, …) at once.
 */
export async function* follow(input: FollowInput): AsyncGenerator<Followed> {
  const { awayMsMax = 180_000, silenceMsMax = 60_000 } = input;
  let lastId = 0;
  let awaySinceMs: number | null = null;
  for (let attempt = 0; ; attempt++) {
    try {
      for await (const event of eventsAfter(lastId, input, silenceMsMax)) {
        if (awaySinceMs !== null) yield { kind: 'back' };
        awaySinceMs = null;
        attempt = 0;
        if (event === 'open' || event.id <= lastId) continue;
        lastId = event.id;
        yield { kind: 'event', event };
        if (event.body.type === 'state' && isFinished(event.body.state)) return;
      }
    } catch (error) {
      if (input.signal.aborted || isRefusal(error)) throw error;
    }
    awaySinceMs ??= performance.now();
    const forMs = performance.now() - awaySinceMs;
    if (forMs > awayMsMax) throw awayTooLong(input.operation, forMs);
    if (attempt > 0) yield { kind: 'away', forMs };
    await delay(retryMs[Math.min(attempt, retryMs.length - 1)], undefined, { signal: input.signal });
  }
}

/** One connection: `open` when it stands, then its events. Ends without an error when the stream ends. */
async function* eventsAfter(lastId: number, { open, signal }: FollowInput, silenceMsMax: number) {
  const silence = new AbortController();
  const arm = (): NodeJS.Timeout =>
    setTimeout(() => silence.abort(new Error('the event stream is silent')), silenceMsMax);
  let timer = arm();
  try {
    const left = AbortSignal.any([signal, silence.signal]);
    const body = abortable(await open(lastId, left), left);
    yield 'open' as const;
    const watched = body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          clearTimeout(timer);
          timer = arm();
          controller.enqueue(chunk);
        },
      }),
    );
    for await (const { data } of sseMessages(watched)) yield eventOf(data);
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}

/** The API checks what it sends against the same contract; a second check here would cost more than it finds. */
const eventOf = (data: string): OperationEvent => JSON.parse(data) as OperationEvent;

/** An answer that will not change by asking again. */
const isRefusal = (error: unknown): boolean =>
  error instanceof AppError &&
  error.code !== 'api_unreachable' &&
  error.code !== 'audit_unavailable' &&
  error.code !== 'internal';

const awayTooLong = (operation: string, forMs: number): AppError =>
  new AppError('api_unreachable', `The control plane has not answered for ${Math.round(forMs / 1000)} s`, {
    done: `Operation ${operation} is on record and goes on without this command.`,
    next: `Follow it again when the control plane is back: \`flotilla ops watch ${operation}\`.`,
  });
