import type { LogRecord } from '#core/logs.ts';

/** All records of an answer as NDJSON; a last line that was cut off is left out. */
export async function readRecords(opened: Promise<ReadableStream<Uint8Array>>): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of await opened) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    records.push(...lines.filter((line) => line !== '').map(recordOf));
  }
  return records;
}

/** The API checks what it passes on against the same contract. */
const recordOf = (line: string): LogRecord => JSON.parse(line) as LogRecord;
