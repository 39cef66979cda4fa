import { z } from 'zod';
import type { CallOptions, EngineClient } from './engine.ts';
import { listOf } from './schemas.ts';

const indexSchema = z.looseObject({ Mirrors: listOf(z.string()) });
const registriesSchema = z.looseObject({
  RegistryConfig: z.looseObject({ IndexConfigs: z.record(z.string(), indexSchema).nullish() }).nullish(),
});

/**
 * The mirrors that an engine asks before a registry (`docker.io`). A pull goes on to the registry when a mirror has
 * nothing, `GET /distribution` does not. Null when the engine does not tell.
 */
export async function mirrorsOf(
  engine: EngineClient,
  registry: string,
  options?: CallOptions,
): Promise<string[] | null> {
  const { RegistryConfig } = await engine.json({ method: 'GET', path: '/info' }, registriesSchema, options);
  const configs = RegistryConfig?.IndexConfigs;
  if (!configs) return null;
  return Object.hasOwn(configs, registry) ? (configs[registry]?.Mirrors ?? []) : [];
}
