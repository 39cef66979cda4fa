import { findingOf } from '#core/causes/finding-of.ts';
import { onTheWay } from '#core/engine/task-states.ts';
import { AppError } from '#core/errors.ts';
import { logsCommand } from '#core/logs.ts';
import type { EngineJson, Outcome } from '#core/step.ts';
import { waitFor } from '../wait-for.ts';
import { awayNodes, awayText, bringBack } from './away-nodes.ts';
import { type Breakage, breakageOf, failuresEnough, isMountRefused, stoppedBreakage } from './breakage.ts';
import type { StepContext } from './context.ts';
import { convergeLimitMs } from './converge-limit.ts';
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
  const memory: Memory = { ignored: new Set(past.filter(hasFailed).map((task) => task.ID)), stoppedAtMs: null };
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
  if (verdict.takenFrom !== undefined) {
    const told = takenFromText(hostOf(context, verdict.takenFrom), service.name, context.cluster);
    return failed(verdict.code, told.message, { done: started, next: told.next });
  }
  const host = verdict.onlyOn === undefined ? null : hostOf(context, verdict.onlyOn);
  return failed(verdict.code, messageFor(verdict, service.name, host) + awayText(away), {
    done: started,
    next:
      bringBack(away, context.cluster) ?? nextFor(verdict, { service: service.name, cluster: context.cluster, host }),
  });
}

/** The scheduler finds no node for a task, and not for what its own other tasks hold. */
const isUnplaced = ({ reason, isOwn = false }: Breakage): boolean => !isOwn && reason.startsWith('no suitable node');

const hostOf = ({ nodes }: StepContext, id: string): string => hostsByNode(nodes).get(id) ?? `node ${id}`;

const messageFor = ({ reason, isOwn = false }: Breakage, service: string, host: string | null): string =>
  isOwn
    ? `${service} has more replicas than nodes for its port, which its own other replicas hold: ${withStop(reason)}`
    : `${service} cannot start${host === null ? '' : ` on ${host}`}: ${withStop(reason)}`;

/** An update that nothing was wrong with, but its surroundings. */
const takenFromText = (host: string, service: string, cluster: string): { message: string; next: string } => ({
  message: `The swarm stopped the update of ${service}: it took a task off ${host} while it ran, as it does when a host goes down, is drained or no longer fits.`,
  next: `See whether ${host} is ready again with \`flotilla ps ${cluster}\`, then \`flotilla ops retry last\`.`,
});

interface Where {
  service: string;
  cluster: string;
  /** Null where it fails on more than one. */
  host: string | null;
}

function nextFor({ code, reason, isOwn = false }: Breakage, { service, cluster, host }: Where): string {
  if (isOwn) return findingOf('port-of-own-replica', { values: { service } }).fix ?? '';
  if (code === 'image_not_found')
    return `Check the image name and that every node reaches the registry. Name another one with \`flotilla service update ${service} --image …\`, or apply the mended spec.`;
  if (reason.includes('early termination'))
    return 'If its tasks are there to end, write `deploy.update_config: { failure_action: continue }`: a swarm takes one that ends within `monitor` for one that failed.';
  if (reason.includes('non-zero exit'))
    return `\`${logsCommand('service', service, cluster)}\` shows what its tasks printed before they ended. Mend that, then \`flotilla ops retry last\`.`;
  if (/no space left on device/iu.test(reason))
    return `${findingOf('disk-full', host === null ? {} : { hosts: [host] }).fix ?? ''} Then \`flotilla ops retry last\`.`;
  return isMountRefused(reason)
    ? 'Make that path on every node that may run it, or place it where the path is (`deploy.placement`), then retry.'
    : 'Mend the cause shown, then retry.';
}

/** What is remembered from look to look. */
interface Memory {
  /** Tasks that had failed before. */
  ignored: ReadonlySet<string>;
  /** When the update was first seen stopped by a task that has ended, with nothing of it under way. */
  stoppedAtMs: number | null;
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
  return breakageOf(own, failuresEnough(spec));
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
