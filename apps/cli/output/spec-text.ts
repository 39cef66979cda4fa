import { stringify } from 'yaml';
import type { Spec } from '#core/spec/spec.ts';
import { writtenSpec } from '#core/spec/written.ts';

/** A spec as a file that `apply -f` takes. */
export const specText = (spec: Spec): string => stringify(writtenSpec(spec), { lineWidth: 0 });
