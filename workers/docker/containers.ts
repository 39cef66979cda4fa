import { z } from 'zod';
import { demux } from './demux.ts';
import type { CallOptions, EngineClient } from './engine.ts';
import { type Filters, filtersQuery } from './filters.ts';
import { Output } from './output.ts';
import { createdSchema, labelsSchema, listOf } from './schemas.ts';

const attachedSchema = z.looseObject({ NetworkID: z.string().catch(''), IPAddress: z.string().catch('') });
const networkSettingsSchema = z
  .looseObject({ Networks: z.record(z.string(), attachedSchema).nullish() })
  .nullish()
  .transform((settings) => ({ Networks: settings?.Networks ?? {} }));

const listedSchema = z.looseObject({
  Id: z.string(),
  /** With a leading slash each. */
  Names: listOf(z.string()),
  Image: z.string(),
  State: z.string(),
  /** As `docker ps` says it: `Up 3 minutes (healthy)`. */
  Status: z.string().catch(''),
  Labels: labelsSchema,
  Ports: listOf(z.looseObject({ PrivatePort: z.number(), PublicPort: z.number().optional(), Type: z.string() })),
  NetworkSettings: networkSettingsSchema,
});
export type ListedContainer = z.output<typeof listedSchema>;

export const listContainers = (
  engine: EngineClient,
  how: { all?: boolean; filters?: Filters } = {},
  options?: CallOptions,
): Promise<ListedContainer[]> => {
  const query = { all: how.all, filters: filtersQuery(how.filters) };
  return engine.json({ method: 'GET', path: '/containers/json', query }, z.array(listedSchema), options);
};

const containerSchema = z.looseObject({
  Id: z.string(),
  /** With a leading slash. */
  Name: z.string(),
  /** Id of the image. */
  Image: z.string(),
  Created: z.string(),
  RestartCount: z.number().catch(0),
  State: z.looseObject({
    Status: z.string(),
    Running: z.boolean(),
    ExitCode: z.number(),
    Error: z.string().catch(''),
    OOMKilled: z.boolean().nullish(),
    Pid: z.number().catch(0),
    StartedAt: z.string().nullish(),
    /** In the year 1 of one that never ran. */
    FinishedAt: z.string(),
    /** Only of a container with a health check. */
    Health: z
      .looseObject({ Status: z.string(), Log: listOf(z.looseObject({ ExitCode: z.number() })) })
      .nullish()
      .catch(null),
  }),
  /** `StopTimeout` in seconds, where it was asked for. */
  Config: z.looseObject({
    Image: z.string(),
    Labels: labelsSchema,
    StopTimeout: z.number().nullish(),
    Tty: z.boolean().nullish(),
  }),
  HostConfig: z.looseObject({
    NetworkMode: z.string().catch(''),
    LogConfig: z.looseObject({ Type: z.string() }).nullish(),
  }),
  NetworkSettings: networkSettingsSchema,
});
export type Container = z.output<typeof containerSchema>;

export const inspectContainer = (engine: EngineClient, idOrName: string, options?: CallOptions): Promise<Container> =>
  engine.json({ method: 'GET', path: `${containerPath(idOrName)}/json` }, containerSchema, options);

/** 404 `image_not_found`: the host does not have the image; 409: the name is in use. */
export async function createContainer(
  engine: EngineClient,
  body: Readonly<Record<string, unknown>>,
  how: { name?: string } = {},
  options?: CallOptions,
): Promise<{ id: string; warnings: string[] }> {
  const request = { method: 'POST', path: '/containers/create', query: { name: how.name }, body } as const;
  const created = await engine.json(request, createdSchema, options);
  return { id: created.Id, warnings: created.Warnings };
}

/** `already` when it ran before. Attaching to an overlay may take the engine some seconds. */
export async function startContainer(
  engine: EngineClient,
  id: string,
  options?: CallOptions,
): Promise<'started' | 'already'> {
  const status = await engine.send(
    { method: 'POST', path: `${containerPath(id)}/start` },
    { timeoutMs: 60_000, ...options },
  );
  return status === 304 ? 'already' : 'started';
}

/** `already` when it did not run. The engine kills it after `graceS` seconds. */
export async function stopContainer(
  engine: EngineClient,
  id: string,
  how: { graceS?: number } = {},
  options?: CallOptions,
): Promise<'stopped' | 'already'> {
  const graceS = how.graceS ?? 10;
  const request = { method: 'POST', path: `${containerPath(id)}/stop`, query: { t: graceS } } as const;
  const status = await engine.send(request, { timeoutMs: (graceS + 20) * 1000, ...options });
  return status === 304 ? 'already' : 'stopped';
}

/** Only while it does not run: on an overlay network an engine refuses it then, and forgets its old name all the same. */
export async function renameContainer(
  engine: EngineClient,
  id: string,
  name: string,
  options?: CallOptions,
): Promise<void> {
  await engine.send({ method: 'POST', path: `${containerPath(id)}/rename`, query: { name } }, options);
}

/** Waits until it does not run any more and gives its exit code. */
export async function waitContainer(engine: EngineClient, id: string, options?: CallOptions): Promise<number> {
  const request = { method: 'POST', path: `${containerPath(id)}/wait` } as const;
  const answer = await engine.json(request, z.looseObject({ StatusCode: z.number() }), {
    timeoutMs: 600_000,
    ...options,
  });
  return answer.StatusCode;
}

/** What it has written so far (without a terminal), each stream cut after `maxBytes` (4 MiB). */
export const containerLogs = (
  engine: EngineClient,
  id: string,
  how: { tail?: number; maxBytes?: number } = {},
  options?: CallOptions,
): Promise<{ stdout: string; stderr: string; truncated: boolean }> => {
  const query = { stdout: true, stderr: true, tail: how.tail };
  const request = { method: 'GET', path: `${containerPath(id)}/logs`, query, isBrief: true } as const;
  const output = new Output(how.maxBytes);
  const read = async (body: AsyncIterable<Buffer>): ReturnType<typeof containerLogs> => {
    for await (const frame of demux(body)) output.add(frame);
    return output.text();
  };
  return engine.stream(request, read, options);
};

/** Lines of its log: the newest before now, all since a time, and with `follow` those to come, until it ends. */
export interface LogStretch {
  tail: number | 'all';
  since: string | null;
  follow?: boolean;
}

/** What it has written, handed to `read` as it comes; each line begins with its time. */
export const streamLogs = <T>(
  engine: EngineClient,
  id: string,
  { tail, since, follow }: LogStretch,
  read: (body: AsyncIterable<Buffer>) => Promise<T>,
  options?: CallOptions,
): Promise<T> => {
  const query = { stdout: true, stderr: true, timestamps: true, tail, since: secondsOf(since), follow };
  return engine.stream({ method: 'GET', path: `${containerPath(id)}/logs`, query }, read, options);
};

/** Engines take seconds with up to nine digits of a fraction, as they give times; more than a number holds. */
function secondsOf(time: string | null): string | undefined {
  if (time === null) return undefined;
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? '000';
  return `${Math.floor(Date.parse(time) / 1000)}.${fraction}`;
}

export async function deleteContainer(
  engine: EngineClient,
  id: string,
  how: { force?: boolean; volumes?: boolean } = {},
  options?: CallOptions,
): Promise<void> {
  const query = { force: how.force, v: how.volumes };
  await engine.send({ method: 'DELETE', path: containerPath(id), query }, { timeoutMs: 60_000, ...options });
}

const containerPath = (idOrName: string): string => `/containers/${encodeURIComponent(idOrName)}`;
