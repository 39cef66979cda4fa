import { AppError } from '#core/errors.ts';
import type { EngineJson, Outcome } from '#core/step.ts';
import { waitFor } from '../wait-for.ts';
import type { StepContext } from './context.ts';
import { convergeLimitMs } from './converge-limit.ts';
import { done, failed } from './outcomes.ts';
import { hasFailed, isRunning, lastError, newestTasks, olderTasks, wantedTasks } from './service-tasks.ts';
import { listServices, type Service } from '../docker/services.ts';
import type { Task } from '../docker/tasks.ts';

/** So many tasks in a row that fail mean that the next will fail too. */
const failuresMax = 3;

type Verdict =
  | { kind: 'converged'; tasks: number }
  | { kind: 'broken'; code: 'image_not_found' | 'port_taken' | 'step_failed'; reason: string };

/**
 * Waits until the service runs as many tasks as it should, or says why it never will. `isNew` is false when the service
 * was there before this step: failures that its tasks have behind them by then are past, and do not count.
 */
export async function converge(
  context: StepContext,
  service: { name: string; id: string; spec: EngineJson; isNew: boolean },
): Promise<Outcome> {
  const past = service.isNew ? [] : await newestTasks(context.managers, service.id);
  const ignored = new Set(past.filter(hasFailed).map((task) => task.ID));
  const limitMs = convergeLimitMs(service.spec, context.expected.length);
  const verdict = await waitFor(() => look(context, service.id, ignored), {
    limitMs,
    firstMs: 100,
    longestMs: 1000,
  });
  if (verdict?.kind === 'converged') return done(`${verdict.tasks} running`);
  const started = `The service ${service.name} exists, but not all of its tasks run.`;
  if (verdict === undefined) {
    const reason = lastError(await newestTasks(context.managers, service.id));
    return failed(
      'step_failed',
      `${service.name} did not converge within ${limitMs / 1000} s${reason === '' ? '' : `: ${reason}`}.`,
      {
        done: started,
        next: 'Mend the cause and retry, or remove the service.',
      },
    );
  }
  return failed(verdict.code, `${service.name} cannot start: ${verdict.reason}.`, {
    done: started,
    next: nextFor(verdict.code),
  });
}

const nextFor = (code: string): string =>
  code === 'image_not_found'
    ? 'Check the image name and that every node reaches the registry, then apply the mended spec.'
    : 'Mend the cause shown, then retry.';

async function look(context: StepContext, id: string, ignored: ReadonlySet<string>): Promise<Verdict | undefined> {
  const [service, tasks] = await Promise.all([read(context, id), newestTasks(context.managers, id)]);
  const state = service.UpdateStatus?.State ?? '';
  const own = tasks.filter((task) => !ignored.has(task.ID));
  if (stoppedUpdates.has(state)) {
    const reason = service.UpdateStatus?.Message ?? 'the swarm has stopped its update';
    // The swarm only says that a task failed; the task says of what.
    return breakage(own, 1) ?? { kind: 'broken', code: 'step_failed', reason };
  }
  const running = tasks.filter(isRunning).length;
  if (state !== 'updating' && running === wantedTasks(service, tasks)) {
    const older = await olderTasks(context.managers, id, tasks);
    return older.length === 0 ? { kind: 'converged', tasks: running } : undefined;
  }
  return breakage(own, failuresMax);
}

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

function breakage(tasks: Task[], enough: number): Verdict | undefined {
  const failures = tasks.filter(hasFailed);
  const reasons = failures.flatMap((task) => task.Status.Err || []);
  const missing = reasons.find((reason) =>
    /no such image|manifest unknown|pull access denied|not found: manifest/i.test(reason),
  );
  if (missing !== undefined) return { kind: 'broken', code: 'image_not_found', reason: missing };
  const pending = tasks.find(
    (task) => task.Status.State === 'pending' && task.Status.Err?.startsWith('no suitable node'),
  );
  if (pending !== undefined) {
    const reason = pending.Status.Err ?? '';
    const code = reason.includes('port already in use') ? 'port_taken' : 'step_failed';
    return { kind: 'broken', code, reason };
  }
  const perNode = Math.max(
    ...[...Map.groupBy(failures, (task) => task.NodeID).values()].map((group) => group.length),
    0,
  );
  if (perNode < enough) return undefined;
  const reason = reasons[0] ?? 'its tasks fail without a reason';
  return {
    kind: 'broken',
    code: /port is already allocated|address already in use/i.test(reason) ? 'port_taken' : 'step_failed',
    reason,
  };
}
