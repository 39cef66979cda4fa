import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { unwrapStream } from '#api/client.ts';
import { apiOf } from '#cli/api.ts';
import type { Session } from '#cli/session.ts';

export interface AuditExportOptions {
  format?: 'ndjson' | 'csv';
  out?: string;
}

/** Writes the record, or what fits a query, to a file or the standard output. */
export async function auditExport(session: Session, words: string[], options: AuditExportOptions): Promise<void> {
  const { client } = apiOf(session);
  const q = words.join(' ');
  const query = { format: options.format ?? 'ndjson', ...(q === '' ? {} : { q }) } as const;
  // No limit of time for the answer: a long record takes a while.
  const init = { headers: { accept: 'text/event-stream' } };
  const body = await unwrapStream(client.v1.audit.export.$get({ query }, init));
  const source = Readable.from(body);
  if (options.out === undefined) await pipeline(source, process.stdout, { end: false });
  else {
    await pipeline(source, createWriteStream(options.out, { mode: 0o600 }));
    session.say([`Written to ${options.out}.`]);
  }
}
