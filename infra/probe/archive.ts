import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Arch } from './contents.ts';
import { output } from './run.ts';

export interface Archive {
  /** Content-addressed: `flotilla-probe:<first 12 of the image id>`. */
  tag: string;
  /** `sha256:` and the digest of the image configuration. */
  imageId: string;
  /** The gzipped archive as `docker load` takes it, every engine from 20.10 on (docker-archive format). */
  bytes: Buffer;
}

/**
 * Makes the image archive of a root directory. The same files give the same bytes: modes, times, owners and order
 * are fixed here. `work` is a scratch directory.
 */
export async function makeArchive(arch: Arch, root: string, work: string): Promise<Archive> {
  const image = join(work, 'image');
  await mkdir(image);
  await fixModes(root);
  await tar(root, ['.'], join(work, 'layer.tar'));
  const diffId = digest(await readFile(join(work, 'layer.tar')));
  await mkdir(join(image, diffId));
  await rename(join(work, 'layer.tar'), join(image, diffId, 'layer.tar'));
  const config = JSON.stringify(imageConfig(arch, diffId));
  const id = digest(config);
  const tag = `flotilla-probe:${id.slice(0, 12)}`;
  const manifest = [{ Config: `${id}.json`, RepoTags: [tag], Layers: [`${diffId}/layer.tar`] }];
  await writeFile(join(image, `${id}.json`), config);
  await writeFile(join(image, 'manifest.json'), JSON.stringify(manifest));
  await fixModes(image);
  await tar(image, (await readdir(image)).sort(), join(work, 'image.tar'));
  const bytes = await promisify(gzip)(await readFile(join(work, 'image.tar')), { level: 9 });
  return { tag, imageId: `sha256:${id}`, bytes };
}

function imageConfig(arch: Arch, diffId: string): object {
  const created = '1970-01-01T00:00:00Z';
  return {
    architecture: arch,
    os: 'linux',
    created,
    config: {
      Entrypoint: ['/probe'],
      Env: ['PATH=/usr/sbin:/usr/bin', 'LC_ALL=C'],
      Labels: { 'io.flotilla.probe': 'image' },
    },
    rootfs: { type: 'layers', diff_ids: [`sha256:${diffId}`] },
    history: [{ created, created_by: 'flotilla probe image' }],
  };
}

/** 755 for directories and what may be executed, 644 for the rest: the umask must not count. */
async function fixModes(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isSymbolicLink()) continue;
    const executable = entry.isDirectory() || ((await lstat(path)).mode & 0o100) !== 0;
    await chmod(path, executable ? 0o755 : 0o644);
  }
  await chmod(directory, 0o755);
}

async function tar(directory: string, entries: string[], target: string): Promise<void> {
  const fixed = ['--format=ustar', '--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
  await output('tar', [...fixed, '-cf', target, '-C', directory, ...entries]);
}

function digest(data: Buffer | string): string {
  return createHash('sha256').update(data).digest('hex');
}
