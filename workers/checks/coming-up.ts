import { z } from 'zod';
import { onTheWay } from '#core/engine/task-states.ts';
import { known, type Observed } from '#core/observed.ts';
import type { Service } from '../docker/services.ts';
import { listTasks, type Task } from '../docker/tasks.ts';
import type { Managers } from '../steps/managers.ts';
import { isRunning } from '../steps/service-tasks.ts';
import { waitFor } from '../wait-for.ts';
import { unknownOf } from '../observe/observe-host.ts';
import type { SwarmAnswers } from './ask-swarm.ts';

type Asked = Pick<SwarmAnswers, 'services' | 'tasks' | 'nodes'>;

/** The swarm gives a node that has just joined its tasks within a second; one that gets none then has its reasons. */
const placeLimitMs = 5000;

/**
 * Services with tasks that are about to run, such as a global one on a node that has just joined: names tell of such a
 * task before anybody who looked earlier knows it. Those of nodes that do not answer come up nowhere.
 */
export function comingUp({ services, tasks, nodes }: Asked): string[] {
  const silent = new Set(nodes.filter(({ Status }) => Status.State !== 'ready').map(({ ID }) => ID));
  const coming = new Set(tasks.filter((task) => isComing(task, silent)).map(({ ServiceID }) => ServiceID));
  return services.filter(({ ID }) => coming.has(ID)).map(({ Spec }) => Spec.Name);
}

/** With nothing that speaks against it. */
const isComing = ({ Status, NodeID }: Task, silent: ReadonlySet<string>): boolean =>
  onTheWay.includes(Status.State) && !Status.Err && !silent.has(NodeID ?? '');

/** Global services without constraints that have no task yet on a node that takes some. */
export function notPlaced({ services, tasks, nodes }: Asked): string[] {
  const open = nodes.filter(({ Status, Spec }) => Status.State === 'ready' && Spec.Availability === 'active');
  const lacks = (service: Service): boolean => {
    const placed = new Set(tasks.filter(({ ServiceID }) => ServiceID === service.ID).map(({ NodeID }) => NodeID));
    return open.some(({ ID }) => !placed.has(ID));
  };
  return services.filter((service) => isEverywhere(service) && lacks(service)).map(({ Spec }) => Spec.Name);
}

const everywhereSchema = z.looseObject({
  Mode: z.looseObject({ Global: z.looseObject({}) }),
  TaskTemplate: z
    .looseObject({
      Placement: z.looseObject({ Constraints: z.array(z.string()).nullish() }).nullish(),
      RestartPolicy: z.looseObject({ Condition: z.string().nullish() }).nullish(),
    })
    .nullish(),
});

/** One whose tasks may end has none that is wanted where they did. */
function isEverywhere({ Spec }: Service): boolean {
  const { data } = everywhereSchema.safeParse(Spec);
  if (data === undefined) return false;
  const { Placement, RestartPolicy } = data.TaskTemplate ?? {};
  return (Placement?.Constraints ?? []).length === 0 && (RestartPolicy?.Condition ?? 'any') === 'any';
}

/** Waits until none is on its way any more, for so long: each runs then, or says why it does not. */
export async function untilUp(managers: Managers, answers: SwarmAnswers, limitMs: number): Promise<void> {
  const until = async (left: (asked: Asked) => string[], ofMs: number): Promise<void> => {
    const look = async (): Promise<true | undefined> => {
      const tasks = await tasksNow(managers);
      return !tasks.known || left({ ...answers, tasks: tasks.value }).length === 0 ? true : undefined;
    };
    await waitFor(look, { limitMs: ofMs, firstMs: 200, longestMs: 1000 });
  };
  await until(notPlaced, Math.min(placeLimitMs, limitMs));
  await until(comingUp, limitMs);
}

async function tasksNow(managers: Managers): Promise<Observed<Task[]>> {
  try {
    const filters = { 'desired-state': ['running'] };
    return known(await managers.ask((engine) => listTasks(engine, filters, { timeoutMs: 8000 })));
  } catch (error) {
    return unknownOf(error);
  }
}

/**
 * Whether a name that led to what nobody knew may have led to a task that came up since: then all has to be looked at
 * anew, that task too.
 */
export async function cameUpSince(managers: Managers, before: readonly Task[]): Promise<boolean> {
  const now = await tasksNow(managers);
  if (!now.known) return false;
  const knew = new Set(before.filter(isRunning).map(({ ID }) => ID));
  return now.value.some((task) => isRunning(task) && !knew.has(task.ID));
}
