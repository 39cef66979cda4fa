import { onTheWay } from '#core/engine/task-states.ts';
import { AppError } from '#core/errors.ts';
import type { EngineJson, Outcome } from '#core/step.ts';
import { waitFor } from '../wait-for.ts';
import { awayNodes, awayText, bringBack } from './away-nodes.ts';
import { type Breakage, breakageOf, broken, failuresEnough, stoppedBreakage } from './breakage.ts';
import { messageFor, nextFor, takenFromText, type Where } from './breakage-text.ts';
import type { StepContext } from './context.ts';
import { convergeLimitMs, stopGraceMs } from './converge-limit.ts';
import { done, failed } from './outcomes.ts';
import {
  hasFailed,
  isWhole,
  lastError,
  mayEnd,
  newestTasks,
  olderTasks,
  type Standing,
  standingOf,
  standingText,
} from './service-tasks.ts';
import { pullReason, type PullReason } from './pull-reason.ts';
import { inTheWayOf, mayBePlaced, unplacedOf, type Wait } from './unplaced.ts';
import { listServices, type Service } from '../docker/services.ts';
import { listTasks, type Task } from '../docker/tasks.ts';
import { withStop } from '#core/sentence.ts';
import { hostsByNode } from '../observe/members.ts';

interface Awaited {
  name: string;
  id: string;
  /** As it was sent. */
  spec: EngineJson;
  /** False when it was there before this step: failures that its tasks have behind them by then are past. */
  isNew: boolean;
}

type Verdict = { kind: 'converged'; standing: Standing } | Breakage;

/** Waits until the service runs as many tasks as it should, or they have ended as they should, or says why it never will. */
export async function converge(context: StepContext, service: Awaited): Promise<Outcome> {
  const past = service.isNew ? [] : await newestTasks(context.managers, service.id);
  const memory: Memory = {
    ignored: new Set(past.filter(hasFailed).map((task) => task.ID)),
    stoppedAtMs: null,
    wait: null,
  };
  const limitMs = convergeLimitMs(service.spec, context.expected.length);
  const verdict = await waitFor(() => look(context, service, memory), { limitMs, firstMs: 100, longestMs: 1000 });
  if (verdict?.kind === 'converged') return done(standingText(verdict.standing));
  const started = `The service ${service.name} exists, but not all of its tasks run.`;
  // Whose nodes are lost looks in vain for what is wrong with the service.
  const away = verdict === undefined || isUnplaced(verdict) ? await awayNodes(context) : [];
  if (verdict === undefined) {
    const reason = lastError(await newestTasks(context.managers, service.id));
    return failed(
      'step_failed',
      withStop(`${service.name} did not converge within ${limitMs / 1000} s${reason === '' ? '' : `: ${reason}`}`) +
        awayText(away),
      {
        done: started,
        next: bringBack(away, context.cluster) ?? 'Mend the cause and retry, or remove the service.',
      },
    );
  }
  const where = (host: string | null): Where => ({ service: service.name, cluster: context.cluster, host });
  if (verdict.takenFrom !== undefined) {
    const told = takenFromText(hostOf(context, verdict.takenFrom), where(null));
    return failed(verdict.code, told.message, { done: started, next: told.next });
  }
  const here = where(verdict.onlyOn === undefined ? null : hostOf(context, verdict.onlyOn));
  const pull = await pullReasonOf(context, verdict, service.spec);
  const more = pull === null ? '' : ` ${pull.text}`;
  return failed(verdict.code, messageFor(verdict, here) + more + awayText(away), {
    done: started,
    next: bringBack(away, context.cluster) ?? (pull?.isReached === true ? tryAgain : nextFor(verdict, here)),
  });
}

const tryAgain = 'Try again with `flotilla ops retry last`.';

/** What the host that could not pull the image says of it; null where it is none of ours, or none failed so. */
async function pullReasonOf(
  { nodes, hosts }: StepContext,
  { lacksImage }: Breakage,
  spec: EngineJson,
): Promise<PullReason | null> {
  const host = lacksImage === undefined ? undefined : hostsByNode(nodes).get(lacksImage);
  return host === undefined ? null : await pullReason(hosts, host, spec);
}

/** The scheduler finds no node for a task, and not for what its own other tasks hold and go on with. */
const isUnplaced = ({ reason, inTheWay }: Breakage): boolean =>
  (inTheWay === 'others' || inTheWay === 'one that does not stop') && reason.startsWith('no suitable node');

const hostOf = ({ nodes }: StepContext, id: string): string => hostsByNode(nodes).get(id) ?? `node ${id}`;

/** What is remembered from look to look. */
interface Memory {
  /** Tasks that had failed before. */
  ignored: ReadonlySet<string>;
  /** When the update was first seen stopped by a task that has ended, with nothing of it under way. */
  stoppedAtMs: number | null;
  /** Who was in the way of a task that finds no node. */
  wait: Wait | null;
}

async function look(context: StepContext, { id, spec }: Awaited, memory: Memory): Promise<Verdict | undefined> {
  const [service, tasks] = await Promise.all([read(context, id), newestTasks(context.managers, id)]);
  const state = service.UpdateStatus?.State ?? '';
  const standing = standingOf(service, tasks);
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
