import type { Machine } from '#core/host.ts';
import { known, unknown } from '#core/observed.ts';
import { hostFacts } from '#core/testing/observations.ts';

/* A host h1 as a worker may find it: on record as it is seen, on record as another machine, or with an engine that is away. */

export const nowhere: Machine = { engineId: null, nodeId: null };
export const here: Machine = { engineId: 'engine-h1', nodeId: 'node-h1' };
export const elsewhere: Machine = { engineId: 'engine-old', nodeId: 'node-old' };
export const seen = known(hostFacts('h1'));
export const down = unknown('The engine of h1 does not answer.', 'engine_unreachable');
