import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';

const root = join(import.meta.dirname, '../../..');

export interface Bundle {
  /** Its one module. */
  file: string;
  gzipKb: number;
}

/** What is left out of Bolt: as wrangler.toml has it, nothing, or what no Worker with Bolt needs. */
export type LeftOut = 'ours' | 'nothing' | 'usual';

const without: Readonly<Record<LeftOut, RegExp | null>> = {
  ours: null,
  nothing: /^\[alias\]\n(?:".*\n)+/m,
  // The floor keeps what it had: it must not become faster by what we find in ours.
  usual: /^"raw-body".*\n/m,
};

/** What `wrangler deploy` would send, of this main file with the settings of wrangler.toml. */
export async function bundleOf(main: string, folder: string, leftOut: LeftOut = 'ours'): Promise<Bundle> {
  const config = join(root, `.wrangler-bench-${process.pid}.toml`);
  const settings = readFileSync(join(root, 'wrangler.toml'), 'utf8');
  const text = settings.replace('apps/api/workers.ts', main).replace(without[leftOut] ?? '', '');
  writeFileSync(config, text);
  try {
    const args = ['deploy', '--dry-run', '--env', '', '--config', config, '--outdir', folder];
    const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: '1' };
    await promisify(execFile)(join(root, 'node_modules/.bin/wrangler'), args, { cwd: root, env });
  } finally {
    rmSync(config, { force: true });
  }
  const [name, ...more] = readdirSync(folder).filter((one) => one.endsWith('.js'));
  if (name === undefined || more.length > 0)
    throw new Error(`${main} is not one module: ${[name, ...more].join(', ')}`);
  const file = join(folder, name);
  return { file, gzipKb: gzipSync(readFileSync(file)).length / 1000 };
}
