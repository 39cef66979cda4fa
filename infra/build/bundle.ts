import { cpSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** CommonJS packages inside an ES module still ask for these three. */
const banner = [
  "import { createRequire as __createRequire } from 'node:module';",
  'const require = __createRequire(import.meta.url), __dirname = import.meta.dirname, __filename = import.meta.filename;',
].join(' ');

/**
 * Bundles programs, by name, into a folder that lies two deep, like the sources that look for files of the package
 * relative to themselves. Commands stay apart (splitting), so that `flotilla host ls` does not load the API.
 */
export async function bundle(folder: `dist/${string}`, programs: Record<string, string>): Promise<void> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: programs,
    outdir: folder,
    write: false,
    bundle: true,
    splitting: true,
    minifySyntax: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    banner: { js: banner },
    // Native: better-sqlite3 is loaded as it was installed; the optional parts of ssh2 are not built.
    external: ['better-sqlite3', 'cpu-features', '*.node'],
    logLevel: 'warning',
  });
  const to = join(root, folder);
  mkdirSync(to, { recursive: true });
  for (const { path, contents } of outputFiles) put(path, contents);
  const made = new Set(outputFiles.map(({ path }) => basename(path)));
  for (const name of readdirSync(to)) if (!made.has(name)) rmSync(join(to, name), { recursive: true });
  cpSync(join(root, 'db/migrations'), join(to, 'migrations'), { recursive: true });
}

/** Whole or not at all: somebody may be reading. */
function put(path: string, contents: Uint8Array): void {
  writeFileSync(`${path}.unfinished`, contents);
  renameSync(`${path}.unfinished`, path);
}
