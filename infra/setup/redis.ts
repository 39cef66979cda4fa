import { existsSync, lstatSync, rmSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const link = 'node_modules/.bin/redis-server';

/**
 * Tests call `redis-server`. Debian's redis-tools has that binary under the name of its checker and no service that
 * would start; a link beside the npm programs gives it its name back, for `npm run` only.
 */
export function linkRedis(): void {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const find = (name: string): string | undefined =>
    folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
  const checker = find('redis-check-rdb');
  if (find('redis-server') !== undefined || checker === undefined) return;
  if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) rmSync(link);
  symlinkSync(checker, link);
}
