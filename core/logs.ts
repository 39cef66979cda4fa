import { z } from 'zod';
import { secondsOf } from './length.ts';
import { logTailMax } from './log-limits.ts';

/* What programs print, on its way from their hosts to who asked. It may hold passwords: it is never written down anywhere. */

/** What is asked for, as the operation and the record keep it. */
export const logsRequestSchema = z.object({
  kind: z.literal('logs'),
  of: z.enum(['service', 'container']),
  name: z.string(),
  /** Of a service: one task, by its name or id; null for all that the swarm remembers. */
  task: z.string().nullable(),
  tail: z.number().int().min(0).max(logTailMax),
  /** RFC 3339. */
  since: z.string().nullable(),
  /** Goes on with what is printed from then on, until nobody reads it. */
  follow: z.boolean().optional(),
});
export type LogsRequest = z.infer<typeof logsRequestSchema>;

/** `name` is `web.1`, or `web.1.k3j9xq` for one whose place another task has taken; `host` is what the node calls itself where it is none of ours. */
const origin = { name: z.string(), host: z.string().nullable() };

export const logRecordSchema = z.discriminatedUnion('type', [
  z.object({
    ...origin,
    type: z.literal('line'),
    /** By the clock of its host, RFC 3339 with nanoseconds; empty where the engine gives none. */
    at: z.string(),
    stream: z.enum(['stdout', 'stderr']),
    text: z.string(),
    /** Bytes of an overlong line that were left out. */
    leftOut: z.number().optional(),
  }),
  /** A container that was read, after its lines; with 0 lines it has printed nothing. */
  z.object({
    ...origin,
    type: z.literal('source'),
    task: z.string().nullable(),
    container: z.string(),
    /** `running`, `exited`, … */
    state: z.string(),
    exitCode: z.number().nullable(),
    /** Why the engine could not run it, or `out of memory`; else empty. */
    error: z.string(),
    lines: z.number(),
    /** Why older lines are left out that were asked for; else null. */
    cut: z.enum(['bytes', 'lines']).nullable(),
  }),
  /** Something of which nothing, or not all, could be seen. */
  z.object({
    ...origin,
    type: z.literal('unseen'),
    task: z.string().nullable(),
    reason: z.string(),
    /** As refusals have it: `host_unreachable`, … */
    code: z.string(),
  }),
  /** Of what could not be seen and is followed: it can be seen again, and what it printed meanwhile comes. */
  z.object({ ...origin, type: z.literal('seen'), task: z.string().nullable() }),
  /** What holds for the whole answer. */
  z.object({ type: z.literal('note'), text: z.string() }),
  /** The last one: without it the answer broke off. */
  z.object({ type: z.literal('end'), lines: z.number() }),
  /** The API ends what was followed: nothing more comes, for this reason. */
  z.object({ type: z.literal('stopped'), code: z.string(), message: z.string(), next: z.string().optional() }),
]);
export type LogRecord = z.infer<typeof logRecordSchema>;
export type LogLine = Extract<LogRecord, { type: 'line' }>;
export type LogSource = Extract<LogRecord, { type: 'source' }>;
export type LogUnseen = Extract<LogRecord, { type: 'unseen' }>;

const absolute = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})?)?$/;

/** `10m` ago, or a time as RFC 3339 has it (UTC where it names no zone), as RFC 3339; null for what is none. */
export function sinceOf(text: string, nowMs: number): string | null {
  const seconds = secondsOf(text);
  if (seconds !== null) return new Date(nowMs - seconds * 1000).toISOString();
  if (!absolute.test(text)) return null;
  const hasZone = /(?:Z|[+-]\d{2}:\d{2})$/.test(text);
  const ms = Date.parse(text.includes('T') && !hasZone ? `${text}Z` : text);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

/** A batch of an answer on its way through the API. One that comes again under its `sequence` changes nothing. */
export const logBatchSchema = z.object({
  records: z.array(logRecordSchema),
  isLast: z.boolean(),
  sequence: z.number().int().optional(),
});
export type LogBatch = z.infer<typeof logBatchSchema>;

/** `isTaken` is false when nobody waits for it any more; `waitingBytes`: about how much lies here and was not read yet. */
export const handedOverSchema = z.object({ isTaken: z.boolean(), waitingBytes: z.number() });
export type HandedOver = z.infer<typeof handedOverSchema>;

/** The command that shows what something printed. */
export const logsCommand = (of: LogsRequest['of'], name: string, cluster: string): string =>
  `flotilla ${of} logs ${name} --cluster ${cluster}`;
