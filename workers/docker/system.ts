import { z } from 'zod';
import type { CallOptions, EngineClient } from './engine.ts';
import { listOf } from './schemas.ts';

const swarmSchema = z.looseObject({
  NodeID: z.string().catch(''),
  NodeAddr: z.string().catch(''),
  LocalNodeState: z.enum(['inactive', 'pending', 'active', 'error', 'locked']),
  ControlAvailable: z.boolean().catch(false),
  Error: z.string().catch(''),
  RemoteManagers: listOf(z.looseObject({ NodeID: z.string(), Addr: z.string() })),
  /** Managers only. */
  Cluster: z.looseObject({ ID: z.string() }).nullish(),
});

const infoSchema = z.looseObject({
  ID: z.string(),
  Name: z.string(),
  ServerVersion: z.string(),
  OperatingSystem: z.string().catch(''),
  OSType: z.string(),
  Architecture: z.string(),
  KernelVersion: z.string(),
  LiveRestoreEnabled: z.boolean().catch(false),
  SecurityOptions: listOf(z.string()),
  DockerRootDir: z.string().catch(''),
  Labels: listOf(z.string()),
  Warnings: listOf(z.string()),
  /** Since API 1.49. */
  FirewallBackend: z.looseObject({ Driver: z.string() }).nullish(),
  /** Left out where the engine uses its own. */
  DefaultAddressPools: z.array(z.looseObject({ Base: z.string() })).nullish(),
  Swarm: swarmSchema,
});
export type EngineInfo = z.output<typeof infoSchema>;

/** `GET /info`: what the engine says of itself and of its swarm. */
export const engineInfo = (engine: EngineClient, options?: CallOptions): Promise<EngineInfo> =>
  engine.json({ method: 'GET', path: '/info' }, infoSchema, options);

const versionAnswerSchema = z.looseObject({
  Version: z.string(),
  ApiVersion: z.string(),
  MinAPIVersion: z.string().catch(''),
  Os: z.string(),
  Arch: z.string(),
  KernelVersion: z.string().catch(''),
});
export type EngineVersion = z.output<typeof versionAnswerSchema>;

/** `GET /version`: the engine's own newest API, not the one that is spoken (`engine.apiVersion()`). */
export const engineVersion = (engine: EngineClient, options?: CallOptions): Promise<EngineVersion> =>
  engine.json({ method: 'GET', path: '/version' }, versionAnswerSchema, options);

/** `GET /_ping`: whether the engine answers at all. */
export async function pingEngine(engine: EngineClient, options?: CallOptions): Promise<void> {
  await engine.send({ method: 'GET', path: '/_ping' }, { timeoutMs: 10_000, ...options });
}
