import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { withLock } from '../lock.ts';
import { must } from '../run.ts';
import { makeBusyboxTree, makeNginxTree } from './trees.ts';

/** An image as files: `manifest.json`, and each blob under its digest. */
export interface ImageFiles {
  name: string;
  folder: string;
}

interface Layer {
  digest: string;
  diffId: string;
  size: number;
}

const types = {
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
  config: 'application/vnd.docker.container.image.v1+json',
  layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
};

/** Images `library/busybox` and `library/nginx`, made once from the programs of a root file system. */
export async function imagesFrom(root: string): Promise<ImageFiles[]> {
  const folder = root.replace(/root-([^/]*)$/, 'images-$1');
  const images = ['busybox', 'nginx'].map((name) => ({ name: `library/${name}`, folder: join(folder, name) }));
  if (existsSync(folder)) return images;
  return withLock(`images ${basename(folder)}`, async () => {
    if (!existsSync(folder)) await buildAll(root, folder);
    return images;
  });
}

async function buildAll(root: string, folder: string): Promise<void> {
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  const base = await makeLayer(unfinished, 'base', (to) => makeBusyboxTree(root, to));
  const nginx = await makeLayer(unfinished, 'server', (to) => makeNginxTree(root, to));
  const path = ['PATH=/usr/sbin:/usr/bin:/sbin:/bin'];
  await writeImage(unfinished, 'busybox', [base], { Env: path, Cmd: ['sh'] });
  await writeImage(unfinished, 'nginx', [base, nginx], {
    Env: path,
    Cmd: ['nginx', '-g', 'daemon off;'],
    ExposedPorts: { '80/tcp': {} },
    StopSignal: 'SIGQUIT',
  });
  for (const { digest } of [base, nginx]) await rm(join(unfinished, digest));
  await rename(unfinished, folder);
}

/** Fills a tree, packs it, and leaves the packed blob in `folder`. */
async function makeLayer(folder: string, name: string, fill: (tree: string) => Promise<void>): Promise<Layer> {
  const tree = join(folder, `${name}.tree`);
  await mkdir(tree);
  await fill(tree);
  const file = join(folder, `${name}.tar`);
  await must(['tar', '--sort=name', '--mtime=@0', '--numeric-owner', '-C', tree, '-cf', file, '.']);
  const tar = await readFile(file);
  const packed = gzipSync(tar, { level: 6 });
  const digest = digestOf(packed);
  await writeFile(join(folder, digest), packed);
  await Promise.all([tree, file].map((each) => rm(each, { recursive: true })));
  return { digest, diffId: digestOf(tar), size: packed.length };
}

async function writeImage(folder: string, name: string, layers: Layer[], config: object): Promise<void> {
  const to = join(folder, name);
  await mkdir(to);
  const configText = JSON.stringify({
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    created: '2024-01-01T00:00:00Z',
    config,
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.diffId) },
    history: layers.map(() => ({ created: '2024-01-01T00:00:00Z', created_by: 'flotilla lab' })),
  });
  const configDigest = digestOf(Buffer.from(configText));
  const manifest = {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: { mediaType: types.config, size: Buffer.byteLength(configText), digest: configDigest },
    layers: layers.map(({ digest, size }) => ({ mediaType: types.layer, size, digest })),
  };
  await writeFile(join(to, configDigest), configText);
  for (const { digest } of layers) await writeFile(join(to, digest), await readFile(join(folder, digest)));
  await writeFile(join(to, 'manifest.json'), JSON.stringify(manifest));
}

const digestOf = (data: Buffer): string => `sha256:${createHash('sha256').update(data).digest('hex')}`;
