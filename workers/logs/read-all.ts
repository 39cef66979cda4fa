import type { LogRecord, LogUnseen } from '#core/logs.ts';
import type { Source } from './read-container.ts';

/** Containers of one host that are read at a time. */
const lanesMax = 4;

/** A few at a time on each host, and all hosts at once. A host that did not answer once is not waited for again. */
export async function readAll(
  sources: readonly Source[],
  read: (source: Source) => Promise<LogRecord[]>,
): Promise<LogRecord[]> {
  const perHost = [...Map.groupBy(sources, ({ host }) => host).values()];
  return (await Promise.all(perHost.map((own) => readHost(own, read)))).flat();
}

async function readHost(
  sources: readonly Source[],
  read: (source: Source) => Promise<LogRecord[]>,
): Promise<LogRecord[]> {
  const left = sources.values();
  let silent: LogUnseen | null = null;
  const lane = async (): Promise<LogRecord[]> => {
    const all: LogRecord[] = [];
    // The iterator is shared: each lane takes the next that no other has.
    for (const source of left) {
      const { name, task } = source;
      const records: LogRecord[] = silent === null ? await read(source) : [{ ...silent, name, task }];
      silent ??= records.find(isSilence) ?? null;
      // One by one: thousands of arguments at once are more than a call takes.
      for (const record of records) all.push(record);
    }
    return all;
  };
  return (await Promise.all(Array.from({ length: Math.min(lanesMax, sources.length) }, lane))).flat();
}

const silences = ['host_unreachable', 'engine_unreachable', 'ssh_auth_failed', 'host_key_changed', 'timeout'];

const isSilence = (record: LogRecord): record is LogUnseen =>
  record.type === 'unseen' && silences.includes(record.code);
