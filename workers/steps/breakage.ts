import { z } from 'zod';
import type { EngineJson } from '#core/step.ts';
import type { Service } from '../docker/services.ts';
import type { Task } from '../docker/tasks.ts';
import { hasFailed, newestFirst, placeOf } from './service-tasks.ts';
import type { InTheWay } from './unplaced.ts';

/** Why a service will never run as it should. */
export interface Breakage {
  kind: 'broken';
  code: 'image_not_found' | 'port_taken' | 'step_failed';
  reason: string;
  /** Of one that finds no node: who has what it waits for. */
  inTheWay?: InTheWay;
  /** The node that its tasks fail on, where they fail on no other. */
  onlyOn?: string;
  /** A node that could not pull the image. */
  lacksImage?: string;
  /** The node that the swarm took a task from while the update ran, as it does when the node is lost or drained. */
  takenFrom?: string;
}

/** So many tasks in a row that fail mean that the next will fail too. */
const failuresMax = 3;

const restartSchema = z.looseObject({
  TaskTemplate: z.looseObject({
    RestartPolicy: z.looseObject({ Condition: z.string().nullish(), MaxAttempts: z.number().nullish() }).nullish(),
  }),
});

/** The same for a service as its own restart policy has it: after so many failures none is tried again. */
export function failuresEnough(spec: EngineJson): number {
  const policy = restartSchema.safeParse(spec).data?.TaskTemplate.RestartPolicy;
  if (policy?.Condition === 'none') return 1;
  const attempts = policy?.MaxAttempts ?? 0;
  return attempts === 0 ? failuresMax : Math.min(attempts + 1, failuresMax);
}

/**
 * What the tasks say of why they do not run, once `enough` of them have failed on one node. A pull that fails is tried
 * again as well: the registry may be slow for many nodes at once, and each is counted by itself.
 */
export function breakageOf(tasks: readonly Task[], enough: number): Breakage | undefined {
  const failures = tasks.filter(hasFailed);
  const [pulls, others] = [failures.filter(lacksImage), failures.filter((task) => !lacksImage(task))];
  const refused = others.find(({ Status }) => isMountRefused(Status.Err ?? ''));
  if (refused !== undefined) return { ...brokenBy(refused), ...whereOf(failures) };
  const node = (task: Task): string => task.NodeID ?? '';
  const [last] = newestFirst(pulls);
  if (last !== undefined && mostOf(pulls, placeOf) >= enough) return { ...brokenBy(last), ...whereOf(failures) };
  if (mostOf(others, node) < enough) return undefined;
  const reason = others.flatMap(({ Status }) => Status.Err || [])[0] ?? 'its tasks fail without a reason';
  return { ...broken(reason), ...whereOf(failures) };
}

const lacksImage = ({ Status }: Task): boolean => isImageMissing.test(Status.Err ?? '');

/** What a task failed of, and on which node where that could not pull the image. */
const brokenBy = (task: Task): Breakage => ({
  ...broken(task.Status.Err ?? ''),
  ...(lacksImage(task) && task.NodeID ? { lacksImage: task.NodeID } : {}),
});

/** How many tasks the largest group has. */
const mostOf = (tasks: readonly Task[], by: (task: Task) => string): number =>
  Math.max(0, ...[...Map.groupBy(tasks, by).values()].map((group) => group.length));

/** The one node that they fail on; empty where there are more. */
function whereOf(failures: readonly Task[]): Pick<Breakage, 'onlyOn'> {
  const [node, other] = new Set(failures.map((task) => task.NodeID));
  return node === undefined || node === null || other !== undefined ? {} : { onlyOn: node };
}

/**
 * Why the swarm itself has stopped an update, or gone back on it. It only says that a task failed, and later not even
 * that; the task says of what.
 */
export function stoppedBreakage({ UpdateStatus }: Pick<Service, 'UpdateStatus'>, tasks: readonly Task[]): Breakage {
  const message = UpdateStatus?.Message ?? 'the swarm has stopped its update';
  const named = /\btask (\w+)/.exec(message)?.[1];
  const culprit = tasks.find((task) => task.ID === named);
  if (culprit?.NodeID && takenAway.has(culprit.Status.State)) return { ...broken(message), takenFrom: culprit.NodeID };
  const [last] = newestFirst(tasks.filter((task) => hasFailed(task) && isAfter(task, UpdateStatus?.StartedAt)));
  const told = culprit?.Status.Err ? culprit : last;
  return told?.Status.Err ? brokenBy(told) : broken(message);
}

/** How a task ends that did not end by itself. A swarm stops an update for these as for one that failed. */
const takenAway: ReadonlySet<string> = new Set(['shutdown', 'orphaned']);

const isAfter = ({ Status }: Task, start: string | null | undefined): boolean =>
  start == null || (Status.Timestamp ?? '') > start;

const isImageMissing = /no such image|manifest unknown|pull access denied|not found: manifest/i;
/** What a node says of a bind mount whose path it does not have: it would say so again. */
export const isMountRefused = (reason: string): boolean => reason.includes('invalid mount config');
const isPortTaken = /port already in use|port is already allocated|address already in use/i;

export const broken = (reason: string): Breakage => ({
  kind: 'broken',
  code: isImageMissing.test(reason) ? 'image_not_found' : isPortTaken.test(reason) ? 'port_taken' : 'step_failed',
  reason,
});
