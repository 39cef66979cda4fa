import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#core/errors.ts';
import { holdFile } from '#db/hold-file.ts';
import { savedUrl } from '#cli/input/data-folder.ts';
import type { Session } from '#cli/session.ts';

/**
 * Whether what runs on this data folder is well: the API can accept work, or the worker is there. For health checks of
 * containers. @throws AppError `api_unreachable` when it is not
 */
export async function health(session: Session, options: { data?: string }): Promise<void> {
  const dataDir = options.data ?? session.config.dataDir;
  const url = savedUrl(dataDir);
  const what = url === undefined ? workerIn(dataDir) : await ready(url);
  session.show({ ok: true, what }, () => [`${what} is well.`]);
}

async function ready(url: string): Promise<string> {
  const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(4000) }).catch(() => null);
  if (response?.ok === true) return 'The API';
  throw notWell(response === null ? `Nothing answers at ${url}` : `The API is not ready: ${await response.text()}`);
}

function workerIn(dataDir: string): string {
  const lock = join(dataDir, 'worker', 'lock');
  const held = existsSync(lock) ? holdFile(lock) : undefined;
  if (held === null) return 'The worker';
  held?.release();
  throw notWell(`Nothing runs on ${dataDir}`);
}

const notWell = (message: string): AppError => new AppError('api_unreachable', message, { next: 'Look at its log.' });
