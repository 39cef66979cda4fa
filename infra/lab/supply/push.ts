import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ask } from './http.ts';
import type { Answer } from './http.ts';
import type { ImageFiles } from './image.ts';

const blob = z.object({ digest: z.string() });
const manifestShape = z.object({ mediaType: z.string(), config: blob, layers: z.array(blob) });

/** Pushes an image to `registry` (`address:port`, plain HTTP) under a tag, as `docker push` does. */
export async function pushImage(registry: string, image: ImageFiles, tag = 'latest'): Promise<void> {
  const base = `http://${registry}/v2/${image.name}`;
  const text = await readFile(join(image.folder, 'manifest.json'), 'utf8');
  const manifest = manifestShape.parse(JSON.parse(text));
  for (const { digest } of [manifest.config, ...manifest.layers]) {
    const started = await send(`${base}/blobs/uploads/`, { method: 'POST' });
    const target = new URL(started.location ?? '', base);
    target.searchParams.set('digest', digest);
    const body = await readFile(join(image.folder, digest));
    await send(target.href, { method: 'PUT', body, headers: { 'content-type': 'application/octet-stream' } });
  }
  await send(`${base}/manifests/${tag}`, {
    method: 'PUT',
    body: text,
    headers: { 'content-type': manifest.mediaType },
  });
}

async function send(url: string, options: Parameters<typeof ask>[1]): Promise<Answer> {
  const answer = await ask(url, options);
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw new Error(`the lab's registry answered ${answer.status} to ${options?.method} ${url}: ${answer.text}`);
}
