import { z } from 'zod';
import type { CallOptions, EngineClient } from './engine.ts';
import { listOf } from './schemas.ts';

const indexSchema = z.looseObject({ Mirrors: listOf(z.string()) });
const registriesSchema = z.looseObject({
  RegistryConfig: z.looseObject({ IndexConfigs: z.record(z.string(), indexSchema).nullish() }).nullish(),
});

/**
 * The registries (`docker.io`) before which an engine asks mirrors. A pull goes on to the registry when a mirror has
 * nothing, `GET /distribution` does not. Null when the engine does not tell.
 */
export async function mirroredRegistries(
  engine: EngineClient,
  options?: CallOptions,
): Promise<ReadonlySet<string> | null> {
  const { RegistryConfig } = await engine.json({ method: 'GET', path: '/info' }, registriesSchema, options);
  const configs = RegistryConfig?.IndexConfigs;
  if (!configs) return null;
  return new Set(Object.keys(configs).filter((registry) => (configs[registry]?.Mirrors ?? []).length > 0));
}
