import { z } from 'zod';
import type { CallOptions, EngineClient } from './engine.ts';
import { imagePath } from './images.ts';
import { registryHeaders, type WithRegistryAuth } from './registry-auth.ts';

const distributionSchema = z.looseObject({ Descriptor: z.looseObject({ digest: z.string() }) });

/**
 * The digest that a reference has in its registry now, or in a mirror of the engine. 404: the registry has no such
 * image or tag; 401, 403: it wants to know who asks; 500: it does not answer, which an engine may find out after 10 s.
 */
export async function registryDigest(
  engine: EngineClient,
  reference: string,
  how: WithRegistryAuth = {},
  options?: CallOptions,
): Promise<string> {
  const path = `/distribution/${imagePath(reference)}/json`;
  const headers = registryHeaders(how);
  const request = { method: 'GET', path, headers, asksElsewhere: true } as const;
  return (await engine.json(request, distributionSchema, options)).Descriptor.digest;
}
