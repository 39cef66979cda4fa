import { z } from 'zod';
import type { CallOptions, EngineClient } from './engine.ts';
import { type Filters, filtersQuery } from './filters.ts';
import { labelsSchema, versionSchema } from './schemas.ts';

const nodeSchema = z.looseObject({
  ID: z.string(),
  Version: versionSchema,
  Spec: z.looseObject({
    Name: z.string().optional(),
    Role: z.enum(['manager', 'worker']),
    Availability: z.enum(['active', 'pause', 'drain']),
    Labels: labelsSchema,
  }),
  Description: z.looseObject({
    Hostname: z.string().catch(''),
    Engine: z.looseObject({ EngineVersion: z.string().catch('') }).nullish(),
  }),
  Status: z.looseObject({
    State: z.string().catch('unknown'),
    Message: z.string().nullish(),
    Addr: z.string().catch(''),
  }),
  /** Managers only. */
  ManagerStatus: z
    .looseObject({
      Leader: z.boolean().catch(false),
      Reachability: z.string().catch('unknown'),
      Addr: z.string().catch(''),
    })
    .nullish(),
});
export type SwarmNode = z.output<typeof nodeSchema>;

export const listNodes = (
  engine: EngineClient,
  how: { filters?: Filters } = {},
  options?: CallOptions,
): Promise<SwarmNode[]> =>
  engine.json(
    { method: 'GET', path: '/nodes', query: { filters: filtersQuery(how.filters) } },
    z.array(nodeSchema),
    options,
  );

export const inspectNode = (engine: EngineClient, id: string, options?: CallOptions): Promise<SwarmNode> =>
  engine.json({ method: 'GET', path: `/nodes/${encodeURIComponent(id)}` }, nodeSchema, options);

/** Sends the whole node spec with the version it was read at. 500 `update out of sequence`: read it again. */
export async function updateNode(
  engine: EngineClient,
  id: string,
  version: number,
  spec: Readonly<Record<string, unknown>>,
  options?: CallOptions,
): Promise<void> {
  const path = `/nodes/${encodeURIComponent(id)}/update`;
  await engine.send({ method: 'POST', path, query: { version }, body: spec }, options);
}

/** 400: the node is not down, or is a manager still. */
export async function deleteNode(
  engine: EngineClient,
  id: string,
  how: { force?: boolean } = {},
  options?: CallOptions,
): Promise<void> {
  const query = { force: how.force === true ? 1 : undefined };
  await engine.send({ method: 'DELETE', path: `/nodes/${encodeURIComponent(id)}`, query }, options);
}
