import { z } from 'zod';
import type { CallOptions, EngineClient } from './engine.ts';
import { type Filters, filtersQuery } from './filters.ts';
import { registryHeaders, type WithRegistryAuth } from './registry-auth.ts';
import { labelsSchema, listOf, versionSchema } from './schemas.ts';

const portSchema = z.looseObject({
  Protocol: z.string().catch('tcp'),
  TargetPort: z.number(),
  PublishedPort: z.number().optional(),
  PublishMode: z.string().catch('ingress'),
});

const serviceSchema = z.looseObject({
  ID: z.string(),
  Version: versionSchema,
  /** The whole spec as it came; an update sends all of it back. */
  Spec: z.looseObject({ Name: z.string(), Labels: labelsSchema }),
  /** What a rollback goes back to; absent once the swarm went back by itself. */
  PreviousSpec: z.looseObject({}).nullish(),
  Endpoint: z
    .looseObject({
      Ports: listOf(portSchema),
      VirtualIPs: listOf(z.looseObject({ NetworkID: z.string(), Addr: z.string().optional() })),
    })
    .nullish(),
  UpdateStatus: z
    .looseObject({ State: z.string().optional(), Message: z.string().optional(), StartedAt: z.string().nullish() })
    .nullish(),
  /** With `status`. */
  ServiceStatus: z.looseObject({ RunningTasks: z.number().catch(0), DesiredTasks: z.number().catch(0) }).nullish(),
});
export type Service = z.output<typeof serviceSchema>;

export const listServices = (
  engine: EngineClient,
  how: { filters?: Filters; status?: boolean } = {},
  options?: CallOptions,
): Promise<Service[]> => {
  const query = { filters: filtersQuery(how.filters), status: how.status };
  return engine.json({ method: 'GET', path: '/services', query }, z.array(serviceSchema), options);
};

export const inspectService = (engine: EngineClient, id: string, options?: CallOptions): Promise<Service> =>
  engine.json({ method: 'GET', path: `/services/${encodeURIComponent(id)}` }, serviceSchema, options);

/** Goes on at once; the tasks come up later. 409: the name exists; 400: bad spec; 403: network not eligible. */
export async function createService(
  engine: EngineClient,
  spec: Readonly<Record<string, unknown>>,
  how: WithRegistryAuth = {},
  options?: CallOptions,
): Promise<{ id: string; warnings: string[] }> {
  const request = { method: 'POST', path: '/services/create', body: spec, headers: registryHeaders(how) } as const;
  const created = await engine.json(request, z.looseObject({ ID: z.string(), Warnings: listOf(z.string()) }), options);
  return { id: created.ID, warnings: created.Warnings };
}

/** Sends the whole spec with the version it was read at. 500 `update out of sequence`: read it again. */
export async function updateService(
  engine: EngineClient,
  id: string,
  version: number,
  spec: Readonly<Record<string, unknown>>,
  how: WithRegistryAuth = {},
  options?: CallOptions,
): Promise<{ warnings: string[] }> {
  const path = `/services/${encodeURIComponent(id)}/update`;
  const request = { method: 'POST', path, query: { version }, body: spec, headers: registryHeaders(how) } as const;
  const updated = await engine.json(request, z.looseObject({ Warnings: listOf(z.string()) }), options);
  return { warnings: updated.Warnings };
}

/** Back to the spec before the last update. Before API 1.25 an engine took it out of the body; none of ours is so old. */
export async function rollBackService(engine: EngineClient, id: string, version: number): Promise<void> {
  const path = `/services/${encodeURIComponent(id)}/update`;
  const { Spec } = await inspectService(engine, id);
  await engine.send({ method: 'POST', path, query: { version, rollback: 'previous' }, body: Spec });
}

export async function deleteService(engine: EngineClient, id: string, options?: CallOptions): Promise<void> {
  await engine.send({ method: 'DELETE', path: `/services/${encodeURIComponent(id)}` }, options);
}
