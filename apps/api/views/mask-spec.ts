import { maskRunnable, maskVolumes } from '#core/masking.ts';
import type { Spec } from '#core/spec/spec.ts';

/** A spec with every value replaced that may be a secret; names stay. */
export const maskSpec = (spec: Spec): Spec => ({
  ...spec,
  services: withoutValues(spec.services),
  containers: withoutValues(spec.containers),
  ...(spec.volumes === undefined ? {} : { volumes: maskVolumes(spec.volumes) }),
});

const withoutValues = <T extends Parameters<typeof maskRunnable>[0]>(all: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(all).map(([name, one]) => [name, maskRunnable(one)]));
