import { logSourcesMax } from '#core/log-limits.ts';
import type { LogBatch, LogRecord, LogUnseen } from '#core/logs.ts';
import type { Found } from './service-sources.ts';

/** Lines that travel together: a batch stays far below what the API takes at once, also when all of it is escapes. */
const batchBytesMax = 512 * 1024;
/** What a record takes beside its text. */
const recordBytes = 200;

/** An answer in parts, the last of which says so. */
export function batchesOf(records: readonly LogRecord[]): LogBatch[] {
  const batches: LogRecord[][] = [[]];
  let bytes = 0;
  for (const record of records) {
    if (bytes >= batchBytesMax) {
      batches.push([]);
      bytes = 0;
    }
    batches.at(-1)?.push(record);
    bytes += bytesOf(record);
  }
  return batches.map((own, at) => ({ records: own, isLast: at === batches.length - 1 }));
}

/** About what a record takes on its way. */
export const bytesOf = (record: LogRecord): number =>
  recordBytes + (record.type === 'line' ? Buffer.byteLength(record.text) : 0);

/** As many containers as one answer has room for, the newest; those that are left out are told. */
export function atMost({ sources, unseen }: Found): Pick<Found, 'sources' | 'unseen'> {
  const left = sources.slice(logSourcesMax).map(({ name, host, task }): LogUnseen => {
    const reason = `one answer reads the newest ${logSourcesMax} tasks only; name this one with --task`;
    return { type: 'unseen', name, host, task, reason, code: 'payload_too_large' };
  });
  return { sources: sources.slice(0, logSourcesMax), unseen: [...unseen, ...left] };
}
