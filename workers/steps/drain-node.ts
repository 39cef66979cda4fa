import type { Outcome, StepOfKind } from '#core/step.ts';
import { AppError } from '#core/errors.ts';
import { inspectNode, type SwarmNode, updateNode } from '../docker/nodes.ts';
import { orNullOn404 } from '../docker/refusal.ts';
import { listTasks } from '../docker/tasks.ts';
import { waitFor } from '../wait-for.ts';
import type { StepContext } from './context.ts';
import { isAway } from './managers.ts';
import { alreadyDone, done, failed } from './outcomes.ts';

const attemptsMax = 5;
/** A task may take its whole grace period to stop; most are set to 10 s. */
const emptyLimitMs = 180_000;

/** Availability `drain` by `POST /nodes/{id}/update`, then waits until the node's tasks have ended. */
export async function drainNode({ args }: StepOfKind<'drain-node'>, context: StepContext): Promise<Outcome> {
  const { id, node } = args;
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const now = await context.managers.ask((engine) => orNullOn404(inspectNode(engine, id)));
    if (now === null) return alreadyDone(`no manager lists node ${id}`);
    if (now.Spec.Availability === 'drain') return untilEmpty(context, now, attempt === 1 ? alreadyDone() : done());
    await drain(context, id);
  }
  return failed('conflict', `${node} was changed by somebody else at every one of ${attemptsMax} attempts.`, {
    next: 'Retry.',
  });
}

async function drain(context: StepContext, id: string): Promise<void> {
  try {
    await context.managers.ask(async (engine) => {
      const { Version, Spec } = await inspectNode(engine, id);
      await updateNode(engine, id, Version.Index, { ...Spec, Availability: 'drain' });
    });
  } catch (error) {
    const stale = error instanceof AppError && error.message.includes('update out of sequence');
    if (!stale && !isAway(error)) throw error;
  }
}

/** Nobody hears of the tasks of a node that is not ready: they end with the host's leaving. */
async function untilEmpty(context: StepContext, { ID: id, Status }: SwarmNode, outcome: Outcome): Promise<Outcome> {
  if (Status.State !== 'ready') return outcome;
  const empty = await waitFor(async () => ((await tasksOn(context, id)).length === 0 ? true : undefined), {
    limitMs: emptyLimitMs,
    firstMs: 100,
  });
  if (empty === true) return outcome;
  const left = await tasksOn(context, id);
  return failed('step_failed', `${left.length} tasks still run on the node after ${emptyLimitMs / 1000} s.`, {
    done: 'The node is drained: no new task is placed there.',
    next: 'Look at what does not stop (`docker node ps` on a manager), then retry.',
  });
}

/** States in which a task has a container, or is about to have one. */
const under = new Set(['assigned', 'accepted', 'preparing', 'ready', 'starting', 'running']);

async function tasksOn(context: StepContext, id: string): Promise<string[]> {
  const tasks = await context.managers.ask((engine) => listTasks(engine, { node: [id] }));
  return tasks.filter(({ Status }) => under.has(Status.State)).map((task) => task.ID);
}
