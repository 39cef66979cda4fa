import { onTheWay } from '#core/engine/task-states.ts';
import type { Task } from '../docker/tasks.ts';
import { hasFailed, isRunning, newestFirst, placeOf, type Standing } from '../steps/service-tasks.ts';

/** Swarm starts a task in the place of one that was lost after 5 s, unless told otherwise; then it has to stay for as long. */
export const returnMs = 15_000;

/** Failures of one place that are no further apart are those of a program that does not stay up. */
const loopMs = 20_000;

/** A service with the tasks of its present spec. */
interface Seen {
  tasks: readonly Task[];
  standing: Standing;
}

/**
 * Whether all that a service lacks was lost once, and is about to be back: an engine that went away and came back finds
 * its containers gone, and whoever looks at that moment has to look again. `knownFailed` are those failed when it was
 * looked at first: one that fails meanwhile, or soon after another, does not stay up.
 */
export function isReturning({ tasks, standing }: Seen, knownFailed: ReadonlySet<string>): boolean {
  const { running, ended, wanted } = standing;
  const coming = tasks.filter(isComing).length;
  if (wanted === null || running + ended + coming < wanted) return false;
  const failed = tasks.filter(hasFailed);
  if (failed.length === 0 || failed.some(({ ID }) => !knownFailed.has(ID))) return false;
  return [...Map.groupBy(failed, placeOf).values()].every((own) => !isLoop(own));
}

const isComing = (task: Task): boolean =>
  !isRunning(task) &&
  (task.DesiredState === 'running' || task.DesiredState === 'ready') &&
  onTheWay.includes(task.Status.State) &&
  !task.Status.Err;

function isLoop(failed: readonly Task[]): boolean {
  const [last, before] = newestFirst(failed);
  if (last === undefined || before === undefined) return false;
  return Date.parse(last.Status.Timestamp ?? '') - Date.parse(before.Status.Timestamp ?? '') < loopMs;
}
