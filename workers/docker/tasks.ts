import { z } from 'zod';
import type { CallOptions, EngineClient } from './engine.ts';
import { type Filters, filtersQuery } from './filters.ts';
import { listOf } from './schemas.ts';

const taskSchema = z.looseObject({
  ID: z.string(),
  ServiceID: z.string().nullish(),
  NodeID: z.string().nullish(),
  Slot: z.number().nullish(),
  CreatedAt: z.string().nullish(),
  DesiredState: z.string(),
  Status: z.looseObject({
    State: z.string(),
    Message: z.string().nullish(),
    Err: z.string().nullish(),
    Timestamp: z.string().nullish(),
    ContainerStatus: z.looseObject({ ContainerID: z.string().catch(''), PID: z.number().catch(0) }).nullish(),
  }),
  NetworksAttachments: listOf(
    z.looseObject({ Network: z.looseObject({ ID: z.string() }), Addresses: listOf(z.string()) }),
  ),
});
export type Task = z.output<typeof taskSchema>;

/** Filters: `service`, `node`, `desired-state`, `name`, `label`, `id`. On a manager only. */
export const listTasks = (engine: EngineClient, filters: Filters = {}, options?: CallOptions): Promise<Task[]> =>
  engine.json(
    { method: 'GET', path: '/tasks', query: { filters: filtersQuery(filters) } },
    z.array(taskSchema),
    options,
  );
