import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type SpecInput, specSchema } from '#core/spec/spec.ts';

const exampleOf = (name: string): unknown =>
  parse(readFileSync(new URL(`../../../examples/${name}`, import.meta.url), 'utf8'));

/** The tutorial's spec, as people find it in `examples/`. */
export const demoSpec = (): SpecInput => specSchema.parse(exampleOf('demo.yaml'));

/** The Compose file of a stack, as people find it there. */
export const shopCompose = (): unknown => exampleOf('shop.compose.yaml');
