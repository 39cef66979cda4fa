import { known } from '#core/observed.ts';
import { listTasks, type Task } from '../docker/tasks.ts';
import type { Managers } from '../steps/managers.ts';
import { waitFor } from '../wait-for.ts';
import { unknownOf } from '../observe/observe-host.ts';
import type { SwarmAnswers } from './ask-swarm.ts';

/** On its way to a container, with nothing that speaks against it. */
const onTheWay: ReadonlySet<string> = new Set([
  'new',
  'allocated',
  'pending',
  'assigned',
  'accepted',
  'preparing',
  'ready',
  'starting',
]);

/**
 * Services with tasks that are about to run, such as a global one on a node that has just joined: names tell of such a
 * task before anybody who looked earlier knows it. Those of nodes that do not answer come up nowhere.
 */
export function comingUp({ services, tasks, nodes }: Pick<SwarmAnswers, 'services' | 'tasks' | 'nodes'>): string[] {
  const silent = new Set(nodes.filter(({ Status }) => Status.State !== 'ready').map(({ ID }) => ID));
  const coming = new Set(tasks.filter((task) => isComing(task, silent)).map(({ ServiceID }) => ServiceID));
  return services.filter(({ ID }) => coming.has(ID)).map(({ Spec }) => Spec.Name);
}

const isComing = ({ Status, NodeID }: Task, silent: ReadonlySet<string>): boolean =>
  onTheWay.has(Status.State) && !Status.Err && !silent.has(NodeID ?? '');

/** Waits until none is on its way any more, for so long: each runs then, or says why it does not. */
export async function untilUp(managers: Managers, answers: SwarmAnswers, limitMs: number): Promise<void> {
  const look = async (): Promise<true | undefined> => {
    const tasks = await tasksNow(managers);
    return !tasks.known || comingUp({ ...answers, tasks: tasks.value }).length === 0 ? true : undefined;
  };
  await waitFor(look, { limitMs, firstMs: 200, longestMs: 1000 });
}

async function tasksNow(managers: Managers) {
  try {
    return known(
      await managers.ask((engine) => listTasks(engine, { 'desired-state': ['running'] }, { timeoutMs: 8000 })),
    );
  } catch (error) {
    return unknownOf(error);
  }
}
