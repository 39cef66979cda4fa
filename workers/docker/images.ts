import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { CallOptions, EngineClient } from './engine.ts';
import type { EngineRequest } from './engine-request.ts';
import { type Filters, filtersQuery } from './filters.ts';
import { jsonLines } from './json-lines.ts';
import { EngineRefusal } from './refusal.ts';
import { registryHeaders, type WithRegistryAuth } from './registry-auth.ts';
import { labelsSchema, listOf } from './schemas.ts';

const imageSchema = z.looseObject({
  Id: z.string(),
  RepoTags: listOf(z.string()),
  RepoDigests: listOf(z.string()),
  Architecture: z.string().catch(''),
  Os: z.string().catch(''),
  Config: z.looseObject({ Labels: labelsSchema }).nullish(),
});
export type Image = z.output<typeof imageSchema>;

export const inspectImage = (engine: EngineClient, reference: string, options?: CallOptions): Promise<Image> =>
  engine.json({ method: 'GET', path: `/images/${imagePath(reference)}/json` }, imageSchema, options);

const listedSchema = z.looseObject({ Id: z.string(), RepoTags: listOf(z.string()) });

/** Filters: `reference`, `label`, `dangling`. */
export const listImages = (
  engine: EngineClient,
  filters: Filters = {},
  options?: CallOptions,
): Promise<z.output<typeof listedSchema>[]> => {
  const query = { filters: filtersQuery(filters) };
  return engine.json({ method: 'GET', path: '/images/json', query }, z.array(listedSchema), options);
};

/** A line of progress, such as `Downloading` with the layer's id. */
export interface ImageProgress {
  status: string;
  id: string | null;
}
type OnProgress = (progress: ImageProgress) => void;

/** Pulling and loading move much data over lines that may be slow. */
const transferTimeoutMs = 600_000;

/**
 * Pulls one image; a reference without a tag means `latest`. Throws image_not_found, or engine_error when the registry
 * cannot be reached. An engine tells of a failure in the middle inside an answer that began with 200.
 */
export async function pullImage(
  engine: EngineClient,
  reference: string,
  how: WithRegistryAuth & { onProgress?: OnProgress } = {},
  options?: CallOptions,
): Promise<void> {
  const { name, tag } = splitReference(reference);
  const headers = registryHeaders(how);
  const request: EngineRequest = { method: 'POST', path: '/images/create', query: { fromImage: name, tag }, headers };
  await transfer(engine, request, how.onProgress, options);
}

/** Loads a `docker save` archive and gives the names, or ids, of what was loaded. */
export async function loadImage(
  engine: EngineClient,
  archive: Readable | Buffer,
  how: { onProgress?: OnProgress } = {},
  options?: CallOptions,
): Promise<string[]> {
  const said = await transfer(
    engine,
    { method: 'POST', path: '/images/load', upload: archive },
    how.onProgress,
    options,
  );
  return said.flatMap((line) => /^Loaded image(?: ID)?: (\S+)/.exec(line)?.[1] ?? []);
}

/** 404: there is none; 409: a container uses it. */
export async function deleteImage(
  engine: EngineClient,
  reference: string,
  how: { force?: boolean } = {},
  options?: CallOptions,
): Promise<void> {
  const request = { method: 'DELETE', path: `/images/${imagePath(reference)}`, query: { force: how.force } } as const;
  await engine.send(request, options);
}

const lineSchema = z.looseObject({
  stream: z.string().optional(),
  status: z.string().optional(),
  id: z.string().optional(),
  error: z.string().optional(),
  errorDetail: z.looseObject({ message: z.string().optional() }).optional(),
});

async function transfer(
  engine: EngineClient,
  request: EngineRequest,
  onProgress: OnProgress | undefined,
  options: CallOptions | undefined,
): Promise<string[]> {
  const said: string[] = [];
  const read = async (body: AsyncIterable<Buffer>): Promise<void> => {
    for await (const json of jsonLines(body)) {
      const line = lineSchema.parse(json);
      const fault = line.errorDetail?.message ?? line.error;
      if (fault !== undefined) throw new EngineRefusal(engine.host, `${request.method} ${request.path}`, 500, fault);
      if (line.stream !== undefined) said.push(line.stream.trim());
      if (line.status !== undefined) onProgress?.({ status: line.status, id: line.id ?? null });
    }
  };
  await engine.stream(request, read, { timeoutMs: transferTimeoutMs, ...options });
  return said;
}

/** The engine wants name and tag (or digest) apart, and pulls every tag when there is none. */
export function splitReference(reference: string): { name: string; tag: string } {
  const at = reference.indexOf('@');
  if (at > 0) return { name: splitReference(reference.slice(0, at)).name, tag: reference.slice(at + 1) };
  const colon = reference.lastIndexOf(':');
  if (colon > reference.lastIndexOf('/')) return { name: reference.slice(0, colon), tag: reference.slice(colon + 1) };
  return { name: reference, tag: 'latest' };
}

/** A reference keeps its slashes in a path. */
export const imagePath = (reference: string): string => reference.split('/').map(encodeURIComponent).join('/');
