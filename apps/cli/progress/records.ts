import type { LogRecord } from '#core/logs.ts';

/** All records of an answer as NDJSON; a last line that was cut off is left out. */
export async function readRecords(opened: Promise<ReadableStream<Uint8Array>>): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for await (const batch of recordsOf(await opened)) for (const record of batch) records.push(record);
  return records;
}

/** The same as they come; a batch without any is a sign of life. */
export async function* recordsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<LogRecord[]> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield lines.filter((line) => line !== '').map(recordOf);
  }
}

/** The API checks what it passes on against the same contract. */
const recordOf = (line: string): LogRecord => JSON.parse(line) as LogRecord;
