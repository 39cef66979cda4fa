import type { Hmac } from '#core/hmac.ts';
import type { Sealer } from '#core/sealing.ts';
import type { Meter } from '#core/meter.ts';
import type { Log } from '#core/log.ts';
import type { Tracer } from '#core/trace.ts';
import type { Store } from '#db/store.ts';
import type { Answers } from './answers.ts';
import type { Dispatch } from './dispatch.ts';
import type { Limiter } from './http/limiter.ts';
import type { Notifier } from './notifier.ts';
import type { RecordKeeper } from './record/port.ts';
import type { Retention } from './retention.ts';

/** What the app needs from its runtime; made once at the entry point, replaced piece by piece in tests. */
export interface Deps {
  store: Store;
  dispatch: Dispatch;
  notifier: Notifier;
  /** What is passed from a worker to who asked and written down nowhere; null where no process lives long enough. */
  answers: Answers | null;
  /** Why what can be read cannot be written, and what to do; null while it can. Left out where there is no disk. */
  room?: () => Promise<string | null>;
  /** What watches over the record; null where nothing can (no files, as on Workers). */
  record: RecordKeeper | null;
  /** Seals secrets under a key that is not in the database; null where there is none, and then no secret is taken. */
  sealer: Sealer | null;
  /** Asks other servers: the keys of CI systems. */
  fetch: (url: string, init?: RequestInit) => Promise<Response>;
  /** Wall clock, milliseconds since the epoch. */
  nowMs: () => number;
  /** SHA-256 of bytes, or of a text's UTF-8, in hex. */
  sha256: (of: string | Uint8Array<ArrayBuffer>) => string | Promise<string>;
  /** The runtime's own HMAC-SHA256, where it is quicker than WebCrypto's. */
  hmac?: Hmac;
  version: string;
  /** Counts of requests, where they are not kept in this process. */
  limiters?: { principals: Limiter; strangers: Limiter };
  /** A proxy of ours is in front and says where requests come from. */
  isBehindProxy?: boolean;
  limits: Limits;
  retention: Retention;
  log: Log;
  /** What is counted in this process; its worker's too, where it has one. */
  meter: Meter;
  /** Where spans go; null where nobody traces. */
  tracer: Tracer | null;
}

export interface Limits {
  /** Largest request body of people, and of workers (whose observations and verifications grow with the cluster). */
  bodyBytesMax: number;
  workerBodyBytesMax: number;
  /** A comment is sent on an event stream that was silent for so long. */
  heartbeatMs: number;
  /** How often a waiting reader looks by itself, for commits made by other processes. */
  pollMs: number;
  /** How often it is looked at whether who follows something still may. */
  recheckMs: number;
  /** What one token may ask for in a minute, and failed logins from one address. */
  requestsPerMinute: number;
  failedLoginsPerMinute: number;
  /** Refusals and failed logins that are put on record in a minute, of one token or address. */
  refusalsRecordedPerMinute: number;
  /** Deliveries that one source of webhooks may send in a minute, and one that does not sign. */
  hooksPerMinute: number;
  hintsPerMinute: number;
  /** How long the body of a webhook may take to come. */
  hookBodyMs: number;
  /** Longest `?wait=` of an operation, in seconds. */
  waitSecondsMax: number;
}

export const defaultLimits: Limits = {
  bodyBytesMax: 1_000_000,
  workerBodyBytesMax: 16_000_000,
  heartbeatMs: 15_000,
  pollMs: 2_000,
  recheckMs: 5_000,
  requestsPerMinute: 12_000,
  failedLoginsPerMinute: 60,
  refusalsRecordedPerMinute: 60,
  hooksPerMinute: 6_000,
  hintsPerMinute: 12,
  hookBodyMs: 10_000,
  waitSecondsMax: 60,
};
