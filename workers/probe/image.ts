import { execFile } from 'node:child_process';
import { access, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { AppError } from '#core/errors.ts';
import { probeProtocol } from './protocol.ts';

export type ProbeArch = 'amd64' | 'arm64';

/** An archive for `POST /images/load`. Ask a host for the tag: it is content-addressed, while image ids differ by store. */
export interface ProbeImage {
  tag: string;
  path: string;
  sizeBytes: number;
  imageId: string;
}

export interface ProbeImageOptions {
  /** Folders that may hold a built image: the first that has it wins, the last is built into. */
  folders?: string[];
  /** The only folder to look in, and nothing is built (FLOTILLA_PROBE_IMAGE). */
  overrideImage?: string | undefined;
  /** Script that builds what is missing; null builds nothing. */
  buildScript?: string | null;
}

const root = join(import.meta.dirname, '../..');
const buildLimitMs = 300_000;

/** Written by infra/probe/build.ts as `probe-<arch>.json` beside the archive. */
const manifestSchema = z.object({
  protocol: z.literal(probeProtocol),
  tag: z.string().regex(/^flotilla-probe:[0-9a-f]{12}$/),
  imageId: z.string(),
  file: z.string().regex(/^[\w.-]+$/),
  sizeBytes: z.number(),
});

/** Where images are looked for: the one that was packed with the program, then the machine's cache. */
export function probeFolders(cacheHome = '/var/cache'): string[] {
  return [join(root, 'dist/probe'), join(cacheHome, 'flotilla')];
}

/**
 * The probe image of an architecture. Built from Debian's packages when it is nowhere and this machine can.
 * @throws AppError not_found: it is nowhere and could not be built; the message says what to run.
 */
export async function probeImage(arch: ProbeArch, options: ProbeImageOptions = {}): Promise<ProbeImage> {
  const folders = options.overrideImage === undefined ? (options.folders ?? probeFolders()) : [options.overrideImage];
  const present = await findIn(folders, arch);
  if (present !== null) return present;
  const script = options.buildScript === undefined ? join(root, 'infra/probe/build.ts') : options.buildScript;
  const target = folders.at(-1);
  if (options.overrideImage !== undefined || script === null || target === undefined || !(await exists(script))) {
    throw missing(arch, folders);
  }
  await buildOnce(script, arch, target);
  const built = await findIn([target], arch);
  if (built === null) throw missing(arch, folders);
  return built;
}

async function findIn(folders: string[], arch: ProbeArch): Promise<ProbeImage | null> {
  for (const folder of folders) {
    const manifest = await readManifest(join(folder, `probe-${arch}.json`));
    if (manifest === null) continue;
    const { tag, imageId, sizeBytes, file } = manifest;
    const path = join(folder, file);
    const found = await stat(path).catch(() => null);
    if (found?.size === sizeBytes) return { tag, path, sizeBytes, imageId };
  }
  return null;
}

/** Null also for an image of another protocol: this worker could not talk to it. */
async function readManifest(path: string): Promise<z.infer<typeof manifestSchema> | null> {
  try {
    return manifestSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null;
  }
}

const building = new Map<string, Promise<void>>();

/** Many hosts may ask at the same moment: one build serves them all. */
async function buildOnce(script: string, arch: ProbeArch, target: string): Promise<void> {
  const key = `${arch} ${target}`;
  const running = building.get(key) ?? build(script, arch, target).finally(() => building.delete(key));
  building.set(key, running);
  await running;
}

async function build(script: string, arch: ProbeArch, target: string): Promise<void> {
  const args = [script, '--arch', arch, '--cache', target];
  try {
    await promisify(execFile)(process.execPath, args, { timeout: buildLimitMs });
  } catch (cause) {
    throw missing(arch, [target], cause);
  }
}

function missing(arch: ProbeArch, folders: string[], cause?: unknown): AppError {
  const reason = cause instanceof Error ? ` ${lastLineOf(cause.message)}` : '';
  return new AppError('not_found', `There is no probe image for ${arch} in ${folders.join(' or ')}.${reason}`, {
    done: 'Nothing was loaded onto a host.',
    next: `Run "npm run probe:build -- --arch ${arch}" on a Debian machine, or set FLOTILLA_PROBE_IMAGE to a folder that has one.`,
    cause,
  });
}

/** The build script's own sentence: the last line that it wrote. */
function lastLineOf(message: string): string {
  return message.trimEnd().split('\n').at(-1) ?? '';
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
