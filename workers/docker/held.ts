import { z } from 'zod';
import type { HeldKind } from '#core/spec/held.ts';
import type { EngineClient } from './engine.ts';
import { type Filters, filtersQuery } from './filters.ts';

const heldSchema = z.looseObject({ ID: z.string(), Spec: z.looseObject({ Name: z.string() }) });
type Held = z.output<typeof heldSchema>;

/** `GET /secrets` or `GET /configs` of a manager. Neither answer has the value of a secret; that of a config is let go. */
export const listHeld = (engine: EngineClient, kind: HeldKind, how: { filters?: Filters } = {}): Promise<Held[]> =>
  engine.json({ method: 'GET', path: `/${kind}`, query: { filters: filtersQuery(how.filters) } }, z.array(heldSchema));
