import { type Client, unwrap, unwrapStream } from '#api/client.ts';
import { abortable } from '#cli/progress/abortable.ts';
import { recordsOf } from '#cli/progress/records.ts';
import type { LogLine, LogRecord } from '#core/logs.ts';

/** Somebody who follows a service, and what he has seen. */
export interface Reader {
  operation: string;
  records: LogRecord[];
  lines: (origin?: (line: LogLine) => boolean) => string[];
  /** When each record came, by the clock of this process. */
  cameMs: number[];
  /** He goes, as by Ctrl-C. */
  leave: () => Promise<void>;
}

export async function followService(
  api: Client,
  service: string,
  json: { tail?: number; since?: string; task?: string } = {},
): Promise<Reader> {
  const route = api.v1.clusters[':cluster'].services[':service'].logs;
  const { id } = await unwrap(
    route.$post({ param: { cluster: 'demo', service }, json: { follow: true, tail: 0, ...json } }),
  );
  const left = new AbortController();
  const records: LogRecord[] = [];
  const cameMs: number[] = [];
  const fetched = api.v1.operations[':id'].logs.$get({ param: { id } }, { init: { signal: left.signal } });
  const read = async (): Promise<void> => {
    for await (const batch of recordsOf(abortable(await unwrapStream(fetched), left.signal)))
      for (const record of batch) {
        records.push(record);
        cameMs.push(Date.now());
      }
  };
  const ended = read().catch((error: unknown) => {
    if (!left.signal.aborted) throw error;
  });
  const lines = (isMeant: (line: LogLine) => boolean = () => true): string[] =>
    records.flatMap((one) => (one.type === 'line' && isMeant(one) ? [one.text] : []));
  return {
    operation: id,
    records,
    cameMs,
    lines,
    leave: async () => {
      left.abort();
      await ended;
    },
  };
}
