import type { EngineJson, Outcome } from '#core/step.ts';
import { hostsByNode } from '../observe/members.ts';
import { awaitService, lateText } from './await-service.ts';
import { awayNodes, awayText, bringBack } from './away-nodes.ts';
import type { Breakage } from './breakage.ts';
import { messageFor, nextFor, takenFromText, type Where } from './breakage-text.ts';
import type { StepContext } from './context.ts';
import type { Memory, ServiceToRun } from './look-at-service.ts';
import { done, failed } from './outcomes.ts';
import { pullReason, type PullReason } from './pull-reason.ts';
import { hasFailed, newestTasks, standingText } from './service-tasks.ts';

/** Waits until the service runs as many tasks as it should, or they have ended as they should, or says why it never will. */
export async function converge(context: StepContext, service: ServiceToRun): Promise<Outcome> {
  const past = service.isNew ? [] : await newestTasks(context.managers, service.id);
  const memory: Memory = {
    ignored: new Set(past.filter(hasFailed).map((task) => task.ID)),
    stoppedAtMs: null,
    wait: null,
    seen: null,
  };
  const verdict = await awaitService(context, service, memory);
  if (verdict.kind === 'converged') return done(standingText(verdict.standing));
  const started = `The service ${service.name} exists, but not all of its tasks run.`;
  // Whose nodes are lost looks in vain for what is wrong with the service.
  const away = verdict.kind === 'late' || isUnplaced(verdict) ? await awayNodes(context) : [];
  if (verdict.kind === 'late') {
    const { message, next } = lateText(service.name, verdict);
    return failed('step_failed', message + awayText(away), {
      done: started,
      next: bringBack(away, context.cluster) ?? next,
    });
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
