import { z } from 'zod';
import { usualDataPort } from '#core/preflight/wants.ts';
import type { CallOptions, EngineClient } from './engine.ts';
import { labelsSchema, listOf, versionSchema } from './schemas.ts';

const swarmSchema = z.looseObject({
  ID: z.string(),
  Version: versionSchema,
  /** The whole spec as it came; an update sends all of it back. */
  Spec: z.looseObject({ Name: z.string().optional(), Labels: labelsSchema }),
  /** Secrets: they stay in the worker's memory. */
  JoinTokens: z.looseObject({ Worker: z.string(), Manager: z.string() }),
  /** 0 is how older managers say "the default", here and below. */
  DataPathPort: z.number().positive().catch(usualDataPort),
  DefaultAddrPool: listOf(z.string()),
  SubnetSize: z.number().positive().catch(24),
  RootRotationInProgress: z.boolean().catch(false),
});
export type Swarm = z.output<typeof swarmSchema>;

/** Forming, joining and leaving wait for certificates and for the cluster store. */
const changeTimeoutMs = 60_000;

/** `GET /swarm`, on a manager only (503 elsewhere). The answer holds the join tokens. */
export const inspectSwarm = (engine: EngineClient, options?: CallOptions): Promise<Swarm> =>
  engine.json({ method: 'GET', path: '/swarm' }, swarmSchema, options);

/** Body of `POST /swarm/init`. */
export interface SwarmInit {
  ListenAddr: string;
  AdvertiseAddr?: string;
  DataPathAddr?: string;
  DataPathPort?: number;
  DefaultAddrPool?: readonly string[];
  SubnetSize?: number;
  ForceNewCluster?: boolean;
  Availability?: 'active' | 'pause' | 'drain';
  Spec?: Readonly<Record<string, unknown>>;
}

/** Gives the NodeID. 503: already in a swarm. */
export const initSwarm = (engine: EngineClient, body: SwarmInit, options?: CallOptions): Promise<string> =>
  engine.json({ method: 'POST', path: '/swarm/init', body }, z.string(), { timeoutMs: changeTimeoutMs, ...options });

/** Body of `POST /swarm/join`; the engine uses the first of `RemoteAddrs` only. */
export interface SwarmJoin {
  ListenAddr: string;
  AdvertiseAddr?: string;
  DataPathAddr?: string;
  RemoteAddrs: readonly string[];
  JoinToken: string;
  Availability?: 'active' | 'pause' | 'drain';
}

/** 503: already in a swarm, or not joined within 20 s (the engine keeps trying, `LocalNodeState` is pending). */
export async function joinSwarm(engine: EngineClient, body: SwarmJoin, options?: CallOptions): Promise<void> {
  await engine.send({ method: 'POST', path: '/swarm/join', body }, { timeoutMs: changeTimeoutMs, ...options });
}

/** 503: not in a swarm, or a manager without `force`. */
export async function leaveSwarm(
  engine: EngineClient,
  how: { force?: boolean } = {},
  options?: CallOptions,
): Promise<void> {
  const request = {
    method: 'POST',
    path: '/swarm/leave',
    query: { force: how.force === true ? 1 : undefined },
  } as const;
  await engine.send(request, { timeoutMs: changeTimeoutMs, ...options });
}

/** Sends the whole spec with the version it was read at. 500 `update out of sequence`: read it again. */
export async function updateSwarm(
  engine: EngineClient,
  update: {
    version: number;
    spec: Readonly<Record<string, unknown>>;
    rotateWorkerToken?: boolean;
    rotateManagerToken?: boolean;
  },
  options?: CallOptions,
): Promise<void> {
  const { version, spec, rotateWorkerToken, rotateManagerToken } = update;
  const query = { version, rotateWorkerToken, rotateManagerToken };
  await engine.send({ method: 'POST', path: '/swarm/update', query, body: spec }, options);
}
