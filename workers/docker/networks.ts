import { z } from 'zod';
import type { CallOptions, EngineClient } from './engine.ts';
import { type Filters, filtersQuery } from './filters.ts';
import { createdSchema, labelsSchema, listOf } from './schemas.ts';

const ipamConfigSchema = z.looseObject({
  Subnet: z.string().optional(),
  Gateway: z.string().optional(),
  IPRange: z.string().optional(),
});

const networkSchema = z.looseObject({
  Id: z.string(),
  Name: z.string(),
  Driver: z.string(),
  Scope: z.string(),
  Attachable: z.boolean().catch(false),
  Internal: z.boolean().catch(false),
  Ingress: z.boolean().catch(false),
  EnableIPv6: z.boolean().catch(false),
  /** May be empty until the network is allocated. */
  IPAM: z.looseObject({ Driver: z.string().nullish(), Config: listOf(ipamConfigSchema) }).catch({ Config: [] }),
  Options: labelsSchema,
  Labels: labelsSchema,
  /** Containers on this host only; in an inspect, not in a list. */
  Containers: z
    .record(
      z.string(),
      z.looseObject({ Name: z.string(), IPv4Address: z.string().catch(''), IPv6Address: z.string().catch('') }),
    )
    .nullish(),
  /** Gossip peers of an overlay on this host. */
  Peers: listOf(z.looseObject({ Name: z.string(), IP: z.string() })),
});
export type Network = z.output<typeof networkSchema>;

export const listNetworks = (
  engine: EngineClient,
  how: { filters?: Filters } = {},
  options?: CallOptions,
): Promise<Network[]> =>
  engine.json(
    { method: 'GET', path: '/networks', query: { filters: filtersQuery(how.filters) } },
    z.array(networkSchema),
    options,
  );

export const inspectNetwork = (
  engine: EngineClient,
  idOrName: string,
  how: { scope?: 'swarm' | 'local'; verbose?: boolean } = {},
  options?: CallOptions,
): Promise<Network> =>
  engine.json({ method: 'GET', path: networkPath(idOrName), query: { ...how } }, networkSchema, options);

/** 409: the name exists (always from engine 25 on; older ones may make a second); 403: not a manager; 400: bad addresses. */
export async function createNetwork(
  engine: EngineClient,
  body: Readonly<Record<string, unknown>>,
  options?: CallOptions,
): Promise<{ id: string; warning: string }> {
  const created = await engine.json({ method: 'POST', path: '/networks/create', body }, createdSchema, options);
  return { id: created.Id, warning: created.Warning ?? '' };
}

/** 403: it has active endpoints; 400: a service uses it; 404: it is gone. */
export async function deleteNetwork(engine: EngineClient, id: string, options?: CallOptions): Promise<void> {
  await engine.send({ method: 'DELETE', path: networkPath(id) }, options);
}

export async function connectNetwork(
  engine: EngineClient,
  id: string,
  endpoint: { container: string; endpointConfig?: Readonly<Record<string, unknown>> },
  options?: CallOptions,
): Promise<void> {
  const body = { Container: endpoint.container, EndpointConfig: endpoint.endpointConfig };
  await engine.send({ method: 'POST', path: `${networkPath(id)}/connect`, body }, options);
}

export async function disconnectNetwork(
  engine: EngineClient,
  id: string,
  endpoint: { container: string; force?: boolean },
  options?: CallOptions,
): Promise<void> {
  const body = { Container: endpoint.container, Force: endpoint.force === true };
  await engine.send({ method: 'POST', path: `${networkPath(id)}/disconnect`, body }, options);
}

const networkPath = (idOrName: string): string => `/networks/${encodeURIComponent(idOrName)}`;
