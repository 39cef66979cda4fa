import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Lab } from '#lab/types.ts';

const blob = z.looseObject({ digest: z.string(), size: z.number() });
const manifestSchema = z.looseObject({ mediaType: z.string(), config: blob, layers: z.array(blob) });
const configSchema = z.looseObject({ config: z.looseObject({ Cmd: z.array(z.string()), Env: z.array(z.string()) }) });

const manifestType = 'application/vnd.docker.distribution.manifest.v2+json';

/**
 * Pushes an image of its own name to the lab's registry, as a build does: the layers of nginx, and what `change` makes
 * of its settings. Gives the digest.
 */
export async function pushVariant(
  { registry }: Lab,
  { name, tag, change }: { name: string; tag: string; change: { Cmd?: string[]; Env?: string[] } },
): Promise<string> {
  const from = `http://${registry}/v2/library/nginx`;
  const to = `http://${registry}/v2/${name}`;
  const got = await asked(`${from}/manifests/latest`, { headers: { accept: manifestType } });
  const manifest = manifestSchema.parse(await got.json());
  for (const { digest } of manifest.layers)
    await asked(`${to}/blobs/uploads/?mount=${digest}&from=library/nginx`, { method: 'POST' });
  const config = configSchema.parse(await (await asked(`${from}/blobs/${manifest.config.digest}`)).json());
  const changed = Buffer.from(JSON.stringify({ ...config, config: { ...config.config, ...change } }));
  const digest = sha256(changed);
  const upload = await asked(`${to}/blobs/uploads/`, { method: 'POST' });
  const target = new URL(upload.headers.get('location') ?? '', to);
  target.searchParams.set('digest', digest);
  await asked(target.href, { method: 'PUT', body: changed, headers: { 'content-type': 'application/octet-stream' } });
  const body = JSON.stringify({ ...manifest, config: { ...manifest.config, digest, size: changed.length } });
  await asked(`${to}/manifests/${tag}`, { method: 'PUT', body, headers: { 'content-type': manifest.mediaType } });
  return sha256(Buffer.from(body));
}

const sha256 = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

async function asked(url: string, init: RequestInit = {}): Promise<Response> {
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(30_000) });
  if (answer.ok) return answer;
  throw new Error(`The lab's registry answered ${answer.status} to ${init.method ?? 'GET'} ${url}.`);
}
