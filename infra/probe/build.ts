import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isNewer, machineApt, privateApt } from './apt.ts';
import type { Apt } from './apt.ts';
import { makeArchive } from './archive.ts';
import { programs, protocol } from './contents.ts';
import type { Arch } from './contents.ts';
import { assembleRoot, unpackPackages } from './root.ts';

/** What is written beside the archive as `probe-<arch>.json`; the worker reads it. */
export interface ProbeManifest {
  protocol: number;
  arch: Arch;
  tag: string;
  imageId: string;
  /** Name of the archive in the same directory. */
  file: string;
  sizeBytes: number;
  /** Versions of the packages that it was made from. */
  packages: Record<string, string>;
  /** Digest of the sources in this directory. */
  sources: string;
}

/** Largest archive that is let through, gzipped: it goes over SSH to every host. */
export const sizeBytesMax = 8_000_000;

const archiveAgeMsMax = 7 * 24 * 3600 * 1000;

export interface BuildOptions {
  arch: Arch;
  cacheDirectory: string;
  /** Build even when nothing changed. */
  force?: boolean;
}

/**
 * Builds the probe image of an architecture out of Debian packages into the cache directory, or does nothing when
 * neither the sources here nor the packages changed. Needs apt-get, dpkg-deb and tar; installs nothing.
 */
export async function buildProbeImage(options: BuildOptions): Promise<{ manifest: ProbeManifest; built: boolean }> {
  const { arch, cacheDirectory } = options;
  await mkdir(cacheDirectory, { recursive: true });
  const sources = await sourcesDigest();
  const present = await readManifest(join(cacheDirectory, `probe-${arch}.json`));
  const aptState = join(cacheDirectory, `apt-${arch}`);
  if (present !== null && present.sources === sources && !options.force) {
    const newest = packagesAreNewest(present, aptState).catch(() => true);
    if ((await archiveIsWhole(cacheDirectory, present)) && (await newest)) {
      return { manifest: present, built: false };
    }
  }
  const work = await mkdtemp(join(tmpdir(), 'flotilla-probe-'));
  try {
    return { manifest: await build(arch, cacheDirectory, aptState, sources, work), built: true };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function build(
  arch: Arch,
  cache: string,
  aptState: string,
  sources: string,
  work: string,
): Promise<ProbeManifest> {
  const [debs, unpacked, root] = [join(work, 'debs'), join(work, 'unpacked'), join(work, 'root')];
  await Promise.all([unpacked, root].map((directory) => mkdir(directory)));
  const packages = await fetchPackages(arch, aptState, debs);
  await unpackPackages(debs, unpacked);
  await assembleRoot(arch, unpacked, root);
  const archive = await makeArchive(arch, root, work);
  if (archive.bytes.length > sizeBytesMax) {
    throw new Error(`the archive has ${archive.bytes.length} bytes, more than the ${sizeBytesMax} that are allowed`);
  }
  const manifest: ProbeManifest = {
    protocol,
    arch,
    tag: archive.tag,
    imageId: archive.imageId,
    file: `probe-${arch}-${archive.tag.replace(/.*:/, '')}.tar.gz`,
    sizeBytes: archive.bytes.length,
    packages: Object.fromEntries(packages),
    sources,
  };
  await replaceFile(join(cache, manifest.file), archive.bytes);
  await replaceFile(join(cache, `probe-${arch}.json`), `${JSON.stringify(manifest, null, 2)}\n`);
  await removeOldArchives(cache, manifest);
  return manifest;
}

/** Downloads what the programs need, and gives the versions. The machine's package lists may be older than the mirror. */
async function fetchPackages(arch: Arch, aptState: string, debs: string): Promise<Map<string, string>> {
  const native = await machineApt(arch);
  const stale = native === null ? null : await fetchWith(native, debs).catch(() => null);
  return stale ?? fetchWith(await privateApt(arch, aptState, true), debs);
}

async function fetchWith(apt: Apt, debs: string): Promise<Map<string, string>> {
  await rm(debs, { recursive: true, force: true });
  await mkdir(debs);
  const roots = programs.map((program) => program.package);
  const libraries = (await apt.closure(roots)).filter((name) => /^(lib|zlib)/.test(name));
  const versions = await apt.candidates([...roots, ...libraries].sort());
  await apt.download([...versions.keys()], debs);
  return versions;
}

/** A worker may still be reading the one before: only what is a week old goes. */
async function removeOldArchives(cache: string, current: ProbeManifest): Promise<void> {
  const archives = (await readdir(cache)).filter((name) => name.startsWith(`probe-${current.arch}-`));
  for (const path of archives.filter((name) => name !== current.file).map((name) => join(cache, name))) {
    const found = await stat(path).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > archiveAgeMsMax) await rm(path, { force: true });
  }
}

/** Several processes may build at once: a reader sees the old file or the new one, never half of one. */
async function replaceFile(path: string, data: Buffer | string): Promise<void> {
  const part = `${path}.${process.pid}.part`;
  await writeFile(part, data);
  await rename(part, path);
}

async function readManifest(path: string): Promise<ProbeManifest | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  return text === null ? null : ownManifest(text);
}

/** Written by `build` alone; one of another version has another `sources` digest and is thrown away. */
function ownManifest(text: string): ProbeManifest | null {
  try {
    return JSON.parse(text) as ProbeManifest;
  } catch {
    return null;
  }
}

async function archiveIsWhole(cache: string, manifest: ProbeManifest): Promise<boolean> {
  const found = await stat(join(cache, manifest.file)).catch(() => null);
  return found !== null && found.size === manifest.sizeBytes;
}

/** Throws without an apt that can tell; what is there is as new as it gets then. */
async function packagesAreNewest(manifest: ProbeManifest, aptState: string): Promise<boolean> {
  const apt = (await machineApt(manifest.arch)) ?? (await privateApt(manifest.arch, aptState, false));
  const known = await apt.candidates(Object.keys(manifest.packages));
  for (const [name, version] of Object.entries(manifest.packages)) {
    const candidate = known.get(name) ?? version;
    if (candidate !== version && (await isNewer(candidate, version))) return false;
  }
  return true;
}

async function sourcesDigest(): Promise<string> {
  const hash = createHash('sha256');
  const entries = await readdir(import.meta.dirname, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'));
  for (const path of files.map((entry) => join(entry.parentPath, entry.name)).sort()) {
    hash
      .update(path.slice(import.meta.dirname.length))
      .update('\0')
      .update(await readFile(path))
      .update('\0');
  }
  return hash.digest('hex');
}

/** Where the archives are kept unless told otherwise. */
export function cacheDirectory(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? '/var/cache', 'flotilla');
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { arch: { type: 'string' }, force: { type: 'boolean', default: false }, cache: { type: 'string' } },
  });
  const arch = values.arch ?? (process.arch === 'arm64' ? 'arm64' : 'amd64');
  if (arch !== 'amd64' && arch !== 'arm64') throw new Error(`--arch ${arch} is neither amd64 nor arm64`);
  const cache = values.cache ?? cacheDirectory();
  const { manifest, built } = await buildProbeImage({ arch, cacheDirectory: cache, force: values.force });
  const { tag, sizeBytes, file } = manifest;
  console.log(`${built ? 'built' : 'up to date'}: ${tag} for ${arch}, ${sizeBytes} bytes, ${join(cache, file)}`);
}

if (import.meta.main) {
  await main().catch((error: unknown) => {
    const reason = error instanceof Error ? error.message.trim().replaceAll(/\s*\n\s*/g, '; ') : String(error);
    console.error(`The probe image was not built: ${reason}`);
    process.exitCode = 1;
  });
}
