import { createReadStream } from 'node:fs';
import { inspectImage, loadImage } from '../docker/images.ts';
import { orNullOn404 } from '../docker/refusal.ts';
import type { Hosts } from '../hosts.ts';
import { engineInfo } from '../docker/system.ts';

/**
 * The probe image's tag on a host, loaded over SSH when it is not there. No registry and no internet is needed.
 * `machine` is the engine's word for its architecture, for who knows it already.
 */
export async function ensureProbeImage(
  hosts: Hosts,
  host: string,
  note: (text: string) => void,
  machine?: string,
): Promise<string> {
  const engine = hosts.engine(host);
  const image = await hosts.probeImage(archOf(machine ?? (await engineInfo(engine)).Architecture));
  if ((await orNullOn404(inspectImage(engine, image.tag))) !== null) return image.tag;
  note(`loading the probe image (${(image.sizeBytes / 1e6).toFixed(1)} MB)`);
  await loadImage(engine, createReadStream(image.path));
  return image.tag;
}

/** `uname -m` as the engine tells it, in the names that Docker images use. */
const archOf = (machine: string): 'amd64' | 'arm64' =>
  machine === 'aarch64' || machine === 'arm64' ? 'arm64' : 'amd64';
