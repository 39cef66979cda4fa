import { AppError } from '#core/errors.ts';
import type { HandedOver, LogBatch, LogRecord } from '#core/logs.ts';

/**
 * Answers on their way from a worker to who asked, in the memory of this process and nowhere else: what programs print may
 * hold passwords. One is expected when its operation is accepted, filled by the worker, taken once by who asked, and
 * forgotten when it was taken, when nobody came for it, and when the process ends.
 */
export interface Answers {
  expect: (operation: string) => void;
  /** Not taken where nobody waits for it (any more). @throws AppError `rate_limited` when too much lies here already */
  put: (operation: string, fence: number, batch: LogBatch) => HandedOver;
  /** Null when it was taken before, or is not expected. */
  take: (operation: string) => Taken | null;
}

export interface Taken {
  /** What has come since the last call. */
  next: () => LogRecord[];
  /** Nothing more comes. */
  isWhole: () => boolean;
  /** How often its worker has come with something, were it nothing. */
  batches: () => number;
  /** Nobody reads on. */
  drop: () => void;
}

interface Answer {
  fence: number | null;
  batches: LogBatch[];
  count: number;
  sequence: number;
  bytes: number;
  isWhole: boolean;
  isTaken: boolean;
  timer: Timer;
}

type Timer = ReturnType<typeof setTimeout>;

interface Limits {
  /** How long an answer waits for who asked, or for its worker. */
  keepMs: number;
  /** What lies here of all answers together. */
  bytesMax: number;
}

export function createAnswers({ keepMs, bytesMax }: Limits = { keepMs: 120_000, bytesMax: 64_000_000 }): Answers {
  const answers = new Map<string, Answer>();
  const lying = (): number => [...answers.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  const forgetLater = (operation: string): Timer => {
    const timer = setTimeout(() => answers.delete(operation), keepMs);
    // It alone keeps no process from ending.
    timer.unref?.();
    return timer;
  };
  return {
    expect(operation) {
      const timer = forgetLater(operation);
      const nothing = { fence: null, batches: [], count: 0, sequence: 0, bytes: 0, isWhole: false, isTaken: false };
      answers.set(operation, { ...nothing, timer });
    },
    put(operation, fence, batch) {
      const answer = answers.get(operation);
      if (answer === undefined) return notTaken;
      answer.fence ??= fence;
      // Another run would begin anew, and half of it may have been read.
      if (answer.fence !== fence || answer.isWhole) return notTaken;
      answer.count += 1;
      const { sequence = answer.sequence + 1 } = batch;
      if (sequence <= answer.sequence) return { isTaken: true, waitingBytes: answer.bytes };
      const bytes = bytesOf(batch);
      if (lying() + bytes > bytesMax) throw full();
      answer.batches.push(batch);
      answer.sequence = sequence;
      answer.bytes += bytes;
      answer.isWhole = batch.isLast;
      return { isTaken: true, waitingBytes: answer.bytes };
    },
    take(operation) {
      const answer = answers.get(operation);
      if (answer === undefined || answer.isTaken) return null;
      answer.isTaken = true;
      clearTimeout(answer.timer);
      return {
        next() {
          answer.bytes = 0;
          return answer.batches.splice(0).flatMap(({ records }) => records);
        },
        isWhole: () => answer.isWhole && answer.batches.length === 0,
        batches: () => answer.count,
        drop: () => void answers.delete(operation),
      };
    },
  };
}

/** What a worker is told where nobody waits. */
export const notTaken: HandedOver = { isTaken: false, waitingBytes: 0 };

/** About what it takes in memory. */
const bytesOf = ({ records }: LogBatch): number =>
  records.reduce((sum, one) => sum + 200 + (one.type === 'line' ? one.text.length * 2 : 0), 0);

const full = (): AppError =>
  new AppError('rate_limited', 'Too much of what programs printed waits here to be fetched', {
    done: 'Nothing of it was kept.',
    next: 'Ask again in a minute or two, for fewer lines.',
  });
