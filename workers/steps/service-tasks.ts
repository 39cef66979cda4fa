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

const specSchema = z.looseObject({
  Mode: z.looseObject({ Replicated: z.looseObject({ Replicas: z.number().default(1) }).nullish() }).nullish(),
  TaskTemplate: z
    .looseObject({ RestartPolicy: z.looseObject({ Condition: z.string().nullish() }).nullish() })
    .nullish(),
});

/** Tasks of a service's present spec, counted. */
export interface Standing {
  running: number;
  /** Those that have ended with exit code 0, where the service has them end: none takes their place. */
  ended: number;
  /** Null for a global service that has no task on any node (yet). */
  wanted: number | null;
}

/**
 * How many tasks a service has and should have: its replicas, or for a global one the nodes that it has a task on. The
 * engine's own `DesiredTasks` leaves out those that wait to be started again, and would call a service that only fails
 * complete.
 */
export function standingOf(service: Pick<Service, 'Spec'>, tasks: readonly Task[]): Standing {
  const running = tasks.filter(isRunning);
  const taken = new Set(tasks.filter(isWanted).map(placeOf));
  const done = mayEnd(service) ? tasks.filter(hasEndedWell).map(placeOf) : [];
  const ended = new Set(done.filter((place) => !taken.has(place))).size;
  const replicas = specSchema.parse(service.Spec).Mode?.Replicated?.Replicas;
  const places = taken.size + ended;
  return { running: running.length, ended, wanted: replicas ?? (places === 0 ? null : places) };
}

/** Whether a task that ends well is not started again. */
export function mayEnd({ Spec }: Pick<Service, 'Spec'>): boolean {
  const condition = specSchema.parse(Spec).TaskTemplate?.RestartPolicy?.Condition;
  return condition === 'none' || condition === 'on-failure';
}

/** How far a service is, for who watches: `28 of 40 run, 12 pull the image`. */
export function progressText({ running, wanted }: Standing, tasks: readonly Task[]): string {
  const others = [
    [isPulled, 'pull the image'],
    [isAt('starting'), 'start'],
    [isAt('pending'), 'wait for a node'],
  ] as const;
  const more = others.flatMap(([is, what]) => {
    const count = tasks.filter(is).length;
    return count === 0 ? [] : [`${count} ${what}`];
  });
  return [wanted === null ? `${running} run` : `${running} of ${wanted} run`, ...more].join(', ');
}

const isAt =
  (state: string) =>
  (task: Task): boolean =>
    isWanted(task) && task.Status.State === state;

/** Its node is getting it ready: what takes long there is the pull of its image. */
export const isPulled = isAt('preparing');

/** A service that has all that it should have. */
export const isWhole = ({ running, ended, wanted }: Standing): boolean =>
  wanted !== null && running <= wanted && running + ended >= wanted;

/** `2 running, 1 ended with exit code 0`. */
export const standingText = ({ running, ended }: Standing): string =>
  ended === 0 ? `${running} running` : `${running === 0 ? '' : `${running} running, `}${ended} ended with exit code 0`;

export const hasEndedWell = (task: Task): boolean => task.Status.State === 'complete';

/** Tasks follow one another in a slot, or on a node for a global service. */
export const placeOf = ({ Slot, NodeID }: Task): string => (Slot ? String(Slot) : (NodeID ?? ''));

const isWanted = (task: Task): boolean => task.DesiredState === 'running' || task.DesiredState === 'ready';
