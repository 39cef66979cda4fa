import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Log, logTo } from '#core/log.ts';

/** A log as a control plane in service has it, of every act and into a file: it is part of what an act costs. */
export function fileLog(folder: string): Log {
  const file = openSync(join(folder, 'flotilla.log'), 'a', 0o600);
  return logTo((entry) => void writeSync(file, `${entry}\n`), { form: 'json', level: 'info' });
}
