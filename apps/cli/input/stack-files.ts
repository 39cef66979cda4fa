import { dirname, resolve } from 'node:path';
import { isMap } from '#core/map.ts';
import type { Lookup } from '#core/spec/variables.ts';
import { readComposeYaml } from './filled-file.ts';
import type { YamlFile } from './yaml-file.ts';

export interface StackFiles {
  /** The spec with what the files say. */
  spec: unknown;
  fileOf: (stack: string) => YamlFile | undefined;
}

/**
 * Reads the Compose files that a spec names: `stacks: { shop: { compose: shop.compose.yaml } }`, relative to the folder of
 * the spec. What is no path is left to the checks. @throws AppError `invalid_input` (no file, no YAML)
 */
export async function readStackFiles(spec: unknown, specPath: string, lookup: Lookup): Promise<StackFiles> {
  const files = new Map<string, YamlFile>();
  const stacks = isMap(spec) ? spec['stacks'] : undefined;
  if (!isMap(spec) || !isMap(stacks)) return { spec, fileOf: () => undefined };
  const read: Record<string, unknown> = {};
  for (const [name, stack] of Object.entries(stacks)) {
    const path = isMap(stack) ? stack['compose'] : undefined;
    if (!isMap(stack) || typeof path !== 'string') {
      read[name] = stack;
      continue;
    }
    const file = await readComposeYaml(resolve(specPath === '-' ? '.' : dirname(specPath), path), lookup);
    files.set(name, file);
    read[name] = { ...stack, compose: file.text.value };
  }
  return { spec: { ...spec, stacks: read }, fileOf: (stack) => files.get(stack) };
}
