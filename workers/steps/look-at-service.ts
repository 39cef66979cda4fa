import { onTheWay } from '#core/engine/task-states.ts';
import { AppError } from '#core/errors.ts';
import type { EngineJson } from '#core/step.ts';
import { type Breakage, breakageOf, broken, failuresEnough, stoppedBreakage } from './breakage.ts';
import type { StepContext } from './context.ts';
import { stopGraceMs } from './converge-limit.ts';
import { hasFailed, isWhole, mayEnd, newestTasks, olderTasks, type Standing, standingOf } from './service-tasks.ts';
import { inTheWayOf, mayBePlaced, unplacedOf, type Wait } from './unplaced.ts';
import { listServices, type Service } from '../docker/services.ts';
import { listTasks, type Task } from '../docker/tasks.ts';

/** A service that is waited for. */
export interface ServiceToRun {
  /** The step that waits. */
  step: string;
  name: string;
  id: string;
  /** As it was sent. */
  spec: EngineJson;
  /** False when it was there before this step: failures that its tasks have behind them by then are past. */
  isNew: boolean;
}

export type Verdict = { kind: 'converged'; standing: Standing } | Breakage;

/** What is remembered from look to look. */
export interface Memory {
  /** Tasks that had failed before. */
  ignored: ReadonlySet<string>;
  /** When the update was first seen stopped by a task that has ended, with nothing of it under way. */
  stoppedAtMs: number | null;
  /** Who was in the way of a task that finds no node. */
  wait: Wait | null;
  /** How far it was at the last look. */
  seen: { standing: Standing; tasks: readonly Task[] } | null;
}

/** Whether the service runs as it should, or why it never will; undefined while neither is so. */
export async function look(
  context: StepContext,
  { id, spec }: ServiceToRun,
  memory: Memory,
): Promise<Verdict | undefined> {
  const [service, tasks] = await Promise.all([read(context, id), newestTasks(context.managers, id)]);
  const state = service.UpdateStatus?.State ?? '';
  const standing = standingOf(service, tasks);
  memory.seen = { standing, tasks };
  const own = tasks.filter((task) => !memory.ignored.has(task.ID));
  const isDone = state !== 'updating' && isWhole(standing);
  // A swarm that sees a task end within `monitor` stops the update, also when that is all that the task is for.
  const endedEarly = state === 'paused' && mayEnd(service) && !own.some(hasFailed);
  if (stoppedUpdates.has(state) && !(endedEarly && (isDone || mayGoOn(tasks, memory)))) {
    const all = await context.managers.ask((engine) => listTasks(engine, { service: [id] }));
    return stoppedBreakage(service, all);
  }
  if (isDone) {
    const older = await olderTasks(context.managers, id, tasks);
    return older.length === 0 ? { kind: 'converged', standing } : undefined;
  }
  return breakageOf(own, failuresEnough(spec)) ?? placing(context, service, { own, memory });
}

/** Why a task finds no node, once that is not for a while only. */
async function placing(
  context: StepContext,
  service: Service,
  { own, memory }: { own: readonly Task[]; memory: Memory },
): Promise<Breakage | undefined> {
  const unplaced = unplacedOf(own);
  if (unplaced === undefined) return undefined;
  const all = await context.managers.ask((engine) => listTasks(engine, { service: [service.ID] }));
  const graceMs = Math.max(stopGraceMs(service.Spec), stopGraceMs(service.PreviousSpec ?? {}));
  const { may, wait } = mayBePlaced({ unplaced, all, graceMs }, memory.wait, performance.now());
  memory.wait = wait;
  if (may) return undefined;
  const onlyOn = unplaced.NodeID ? { onlyOn: unplaced.NodeID } : {};
  return { ...broken(unplaced.Status.Err ?? ''), ...onlyOn, inTheWay: inTheWayOf(unplaced, all) };
}

/** What was asked at the same time may be older than the stop: only one that lasts is believed. */
function mayGoOn(tasks: readonly Task[], memory: Memory): boolean {
  const nowMs = performance.now();
  const isUnderWay = tasks.some(({ Status }) => [...onTheWay, 'running'].includes(Status.State));
  memory.stoppedAtMs = isUnderWay ? null : (memory.stoppedAtMs ?? nowMs);
  return memory.stoppedAtMs === null || nowMs - memory.stoppedAtMs < stopLastsMs;
}

const stopLastsMs = 5000;

/** How the swarm itself ends an update that went wrong; nothing goes on by itself then. */
const stoppedUpdates: ReadonlySet<string> = new Set([
  'paused',
  'rollback_started',
  'rollback_paused',
  'rollback_completed',
]);

async function read(context: StepContext, id: string): Promise<Service> {
  const list = await context.managers.ask((engine) => listServices(engine, { filters: { id: [id] } }));
  const service = list.find((candidate) => candidate.ID === id);
  if (service === undefined)
    throw new AppError('not_found', `The service ${id} is gone.`, { next: 'Somebody removed it; apply again.' });
  return service;
}
