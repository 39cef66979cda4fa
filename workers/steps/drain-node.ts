import type { Outcome, StepOfKind } from '#core/step.ts';
import { onItsNode } from '#core/engine/task-states.ts';
import { inspectNode, updateNode } from '../docker/nodes.ts';
import { isOutOfSequence, orNullOn404 } from '../docker/refusal.ts';
import { listTasks, type Task } from '../docker/tasks.ts';
import { waitFor } from '../wait-for.ts';
import type { StepContext } from './context.ts';
import { isAway } from './managers.ts';
import { alreadyDone, done, failed } from './outcomes.ts';

const attemptsMax = 5;
/** A task may take its whole grace period to stop; most are set to 10 s. */
const emptyLimitMs = 180_000;
const elsewhereLimitMs = 120_000;
/** A task that no node was found for in this time waits for one. */
const placedLimitMs = 5000;

/** Availability `drain` by `POST /nodes/{id}/update`, then waits until the node's tasks have ended. */
export async function drainNode({ args }: StepOfKind<'drain-node'>, context: StepContext): Promise<Outcome> {
  const { id, node } = args;
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const now = await context.managers.ask((engine) => orNullOn404(inspectNode(engine, id)));
    if (now === null) return alreadyDone(`no manager lists node ${id}`);
    if (now.Spec.Availability === 'drain') return untilEmpty(context, id, attempt === 1 ? alreadyDone() : done());
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
    if (!isOutOfSequence(error) && !isAway(error)) throw error;
  }
}

async function untilEmpty(context: StepContext, id: string, outcome: Outcome): Promise<Outcome> {
  const settled = await waitFor(() => emptyOrDown(context, id), { limitMs: emptyLimitMs, firstMs: 100 });
  if (settled === 'empty') await untilElsewhere(context, id);
  if (settled !== undefined) return outcome;
  const left = (await tasksOn(context, id)).filter(isUnderWay);
  return failed('step_failed', `${left.length} tasks still run on the node after ${emptyLimitMs / 1000} s.`, {
    done: 'The node is drained: no new task is placed there.',
    next: 'Look at what does not stop (`docker node ps` on a manager), then retry.',
  });
}

/**
 * Nobody hears of the tasks of a node that is down: they end with the host's leaving. After another manager has taken the
 * lead, nodes are `unknown` until they have come to it, and then it does hear of them.
 */
async function emptyOrDown(context: StepContext, id: string): Promise<'empty' | 'down' | undefined> {
  const [node, tasks] = await Promise.all([
    context.managers.ask((engine) => orNullOn404(inspectNode(engine, id))),
    tasksOn(context, id),
  ]);
  if (!tasks.some(isUnderWay)) return 'empty';
  return node === null || node.Status.State === 'down' ? 'down' : undefined;
}

const tasksOn = (context: StepContext, id: string): Promise<Task[]> =>
  context.managers.ask((engine) => listTasks(engine, { node: [id] }));

/** States in which a task has a container, or is about to have one. */
const underWay = new Set([...onItsNode, 'running']);
const isUnderWay = ({ Status }: Task): boolean => underWay.has(Status.State);

/**
 * Until what ran on the node runs on others, so that nothing else changes meanwhile. What does not come up there, or has
 * no place, is left to the verification: the node is empty, and keeping it would help nobody.
 */
async function untilElsewhere(context: StepContext, id: string): Promise<void> {
  const moved = new Set((await tasksOn(context, id)).map((task) => task.ServiceID));
  const started = performance.now();
  await waitFor(
    async () => {
      const tasks = await context.managers.ask((engine) => listTasks(engine, { 'desired-state': ['running'] }));
      const missing = tasks.filter(({ ServiceID, Status }) => moved.has(ServiceID) && Status.State !== 'running');
      const isStuck = performance.now() - started > placedLimitMs && !missing.some(isUnderWay);
      return missing.length === 0 || isStuck ? true : undefined;
    },
    { limitMs: elsewhereLimitMs, firstMs: 100 },
  );
}
