import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheDirectory } from '../probe/build.ts';

const root = join(import.meta.dirname, '../..');

/**
 * Puts what an image needs into a folder: the bundle, Node, the one native package and the probe images. Nothing is
 * fetched: all of it came with `npm ci` and the set-up.
 */
export function stage(folder: string): void {
  execFileSync(process.execPath, ['infra/build/main.ts'], { cwd: root, stdio: 'inherit' });
  rmSync(folder, { recursive: true, force: true });
  const copy = (from: string, to = from): void => {
    mkdirSync(dirname(join(folder, to)), { recursive: true });
    cpSync(join(root, from), join(folder, to), { recursive: true, dereference: true });
  };
  for (const path of ['bin/flotilla', 'package.json', 'LICENSE', 'dist/app'].filter((one) =>
    existsSync(join(root, one)),
  ))
    copy(path);
  copy('node_modules/.bin/node');
  for (const part of ['package.json', 'lib', `prebuilds/linux-${process.arch}.node`])
    copy(`node_modules/better-sqlite3/${part}`);
  // The page of the queue: its files are read, not bundled.
  for (const part of ['package.json', 'dist']) copy(`node_modules/@bull-board/ui/${part}`);
  const probes = cacheDirectory();
  const built = existsSync(probes) ? readdirSync(probes).filter((name) => /^probe-.*\.(json|tar\.gz)$/.test(name)) : [];
  for (const name of built) {
    mkdirSync(join(folder, 'dist/probe'), { recursive: true });
    cpSync(join(probes, name), join(folder, 'dist/probe', name));
  }
}
