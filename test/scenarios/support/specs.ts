import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type SpecInput, specSchema } from '#core/spec/spec.ts';

/** The tutorial's spec, as people find it in `examples/`. */
export function demoSpec(): SpecInput {
  const text = readFileSync(new URL('../../../examples/demo.yaml', import.meta.url), 'utf8');
  return specSchema.parse(parse(text));
}
