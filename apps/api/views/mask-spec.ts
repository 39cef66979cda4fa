import { maskedValues } from '#core/masking.ts';
import type { Spec } from '#core/spec/spec.ts';

/** A spec with every environment value replaced; names stay. */
export const maskSpec = (spec: Spec): Spec => ({
  ...spec,
  services: withoutValues(spec.services),
  containers: withoutValues(spec.containers),
});

const withoutValues = <T extends { environment: Record<string, string> }>(all: Record<string, T>): Record<string, T> =>
  Object.fromEntries(
    Object.entries(all).map(([name, one]) => [name, { ...one, environment: maskedValues(one.environment) }]),
  );
