import { z } from 'zod';
import type { Service } from '../docker/services.ts';
import { listTasks, type Task } from '../docker/tasks.ts';
import type { Managers } from './managers.ts';

/**
 * Tasks of a service's spec as it is now, or of all services'. Right after an update the counts of the service still
 * show the old tasks, and its update status comes late: Docker's own command line waits by this filter too.
 */
export const newestTasks = (managers: Managers, service?: string): Promise<Task[]> => {
  const filters = { '_up-to-date': ['true'], ...(service === undefined ? {} : { service: [service] }) };
  return managers.ask((engine) => listTasks(engine, filters));
};

/** Tasks that run an older spec of a service still. */
export async function olderTasks(managers: Managers, service: string, newest: readonly Task[]): Promise<Task[]> {
  const all = await managers.ask((engine) => listTasks(engine, { service: [service], 'desired-state': ['running'] }));
  const ids = new Set(newest.map((task) => task.ID));
  return all.filter((task) => isRunning(task) && !ids.has(task.ID));
}

export const isRunning = (task: Task): boolean => task.DesiredState === 'running' && task.Status.State === 'running';

export const hasFailed = (task: Task): boolean => task.Status.State === 'failed' || task.Status.State === 'rejected';

/** By when each came to the state that it has. */
export const newestFirst = (tasks: readonly Task[]): Task[] =>
  tasks.toSorted((a, b) => (b.Status.Timestamp ?? '').localeCompare(a.Status.Timestamp ?? ''));

/** The newest reason that a task gives for not running; empty when none gives one. */
export const lastError = (tasks: readonly Task[]): string =>
  newestFirst(tasks).find((task) => task.Status.Err)?.Status.Err ?? '';

const modeSchema = z.looseObject({
  Mode: z.looseObject({ Replicated: z.looseObject({ Replicas: z.number().default(1) }).nullish() }).nullish(),
});

/**
 * How many tasks a service should run: its replicas, or for a global one the nodes that it has a task on. The engine's
 * own `DesiredTasks` leaves out those that wait to be started again, and would call a service that only fails complete.
 * Null for a global service that has no task on any node (yet).
 */
export function wantedTasks({ Spec: spec }: Service, tasks: readonly Task[]): number | null {
  const replicated = modeSchema.parse(spec).Mode?.Replicated;
  if (replicated) return replicated.Replicas;
  const nodes = new Set(tasks.filter(isWanted).map((task) => task.NodeID));
  return nodes.size === 0 ? null : nodes.size;
}

const isWanted = (task: Task): boolean => task.DesiredState === 'running' || task.DesiredState === 'ready';
