import { chmod, copyFile, cp, lstat, mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { architectures, emptyDirectories, etcFiles, perlModules, programs, unlinked } from './contents.ts';
import type { Arch } from './contents.ts';
import { neededLibraries, withoutLibrary } from './elf.ts';
import { output } from './run.ts';

const proberDirectory = join(import.meta.dirname, 'prober');
const mergedDirectories = ['bin', 'sbin', 'lib', 'lib64'];

/** Unpacks all `.deb` files of one directory into another. */
export async function unpackPackages(debs: string, target: string): Promise<void> {
  for (const name of (await readdir(debs)).sort()) await output('dpkg-deb', ['-x', join(debs, name), target]);
}

/**
 * Fills `root` with the programs, the prober, and exactly the libraries that they ask for, out of `unpacked`.
 * Throws when a program or a library is in none of the packages.
 */
export async function assembleRoot(arch: Arch, unpacked: string, root: string): Promise<void> {
  const { triplet, loader } = architectures[arch];
  const modules = `usr/lib/${triplet}/perl-base`;
  await makeMergedRoot(root);
  for (const path of programs.map((program) => program.path)) await take(unpacked, path, root);
  for (const module of perlModules) await take(unpacked, join(modules, module), root);
  await take(unpacked, loader, root);
  await takeLibraries(unpacked, root, triplet, [
    ...programs.map((program) => program.path),
    ...perlModules.filter((module) => module.endsWith('.so')).map((module) => join(modules, module)),
  ]);
  await copyFile(join(proberDirectory, 'probe'), join(root, 'probe'));
  await chmod(join(root, 'probe'), 0o755);
  await cp(join(proberDirectory, 'lib/Probe'), join(root, 'usr/lib/probe/Probe'), { recursive: true });
  for (const directory of emptyDirectories) await mkdir(join(root, directory), { recursive: true });
  await mkdir(join(root, 'etc'), { recursive: true });
  for (const [path, text] of Object.entries(etcFiles)) await writeFile(join(root, path), text);
}

async function makeMergedRoot(root: string): Promise<void> {
  for (const name of mergedDirectories) {
    await mkdir(join(root, 'usr', name), { recursive: true });
    await symlink(`usr/${name}`, join(root, name));
  }
}

/** Libraries that the files ask for, and that those ask for, and so on. */
async function takeLibraries(unpacked: string, root: string, triplet: string, files: string[]): Promise<void> {
  const known = new Set<string>();
  const waiting = [...files];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    for (const library of neededLibraries(await readFile(join(root, file)))) {
      if (known.has(library) || library.startsWith('ld-linux-')) continue;
      const path = `usr/lib/${triplet}/${library}`;
      known.add(library);
      await take(unpacked, path, root);
      await unlink(join(root, path), unlinked[library]);
      waiting.push(path);
    }
  }
}

async function unlink(path: string, library: string | undefined): Promise<void> {
  if (library === undefined) return;
  await writeFile(path, withoutLibrary(await readFile(path), library, 'libc.so.6'));
}

/** Copies the file behind a path (libraries are symlinks to a version) under the name that is asked for. */
async function take(unpacked: string, path: string, to: string): Promise<void> {
  const source = await locate(unpacked, path);
  if (source === null) throw new Error(`/${path} is in none of the packages`);
  const target = join(to, path);
  await mkdir(dirname(target), { recursive: true });
  await copyFile(source, target);
}

/** Follows symlinks inside the unpacked tree (absolute ones too); packages say `/lib/x` or `/usr/lib/x` as they like. */
async function locate(unpacked: string, path: string): Promise<string | null> {
  for (const candidate of [path, path.replace(/^usr\//, '')].map((each) => join(unpacked, each))) {
    const found = await lstat(candidate).catch(() => null);
    if (found === null) continue;
    if (!found.isSymbolicLink()) return candidate;
    const target = resolve('/', dirname(path), await readlink(candidate));
    return locate(unpacked, target.replace(/^\/(usr\/)?/, 'usr/'));
  }
  return null;
}
