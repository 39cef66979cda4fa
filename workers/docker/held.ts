import { z } from 'zod';
import type { HeldKind } from '#core/spec/held.ts';
import type { EngineClient } from './engine.ts';
import { type Filters, filtersQuery } from './filters.ts';
import { labelsSchema } from './schemas.ts';

const heldSchema = z.looseObject({
  ID: z.string(),
  /** `Data` in base64: of configs only, no engine tells a secret. */
  Spec: z.looseObject({ Name: z.string(), Labels: labelsSchema, Data: z.string().optional() }),
});
export type Held = z.output<typeof heldSchema>;

/** `GET /secrets` or `GET /configs` of a manager. */
export const listHeld = (engine: EngineClient, kind: HeldKind, how: { filters?: Filters } = {}): Promise<Held[]> =>
  engine.json({ method: 'GET', path: `/${kind}`, query: { filters: filtersQuery(how.filters) } }, z.array(heldSchema));

export interface NewHeld {
  Name: string;
  Labels: Readonly<Record<string, string>>;
  /** In base64. */
  Data: string;
}

/** 409: the name exists; 400: nothing in it, or too much. */
export async function createHeld(engine: EngineClient, kind: HeldKind, body: NewHeld): Promise<void> {
  await engine.send({ method: 'POST', path: `/${kind}/create`, body });
}

/** 400: a service is given it; 404: it is gone. */
export async function deleteHeld(engine: EngineClient, kind: HeldKind, id: string): Promise<void> {
  await engine.send({ method: 'DELETE', path: `/${kind}/${encodeURIComponent(id)}` });
}
