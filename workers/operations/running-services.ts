import { z } from 'zod';
import type { RunningService, RunningTask } from '#core/running.ts';
import { clusterLabel } from '#core/spec/names.ts';
import { naturally } from '#core/natural-order.ts';
import type { Service } from '../docker/services.ts';
import type { Task } from '../docker/tasks.ts';
import { hasFailed, isWhole, placeOf, standingOf } from '../steps/service-tasks.ts';

interface Known {
  cluster: string;
  /** Ids of services that are ours without our label. */
  taken?: ReadonlySet<string>;
  /** Name of the host of each NodeID, or what the node calls itself. */
  nameOf: (nodeId: string) => string;
}

/** Each service of a swarm with its tasks, in the order of their names. `tasks` are all that the swarm remembers. */
export const runningServices = (services: readonly Service[], tasks: readonly Task[], known: Known): RunningService[] =>
  services
    .map((service) => ({ service, own: tasks.filter(({ ServiceID }) => ServiceID === service.ID) }))
    .map(({ service, own }) => runningService(service, own, known))
    .toSorted((a, b) => naturally(a.name, b.name));

function runningService(service: Service, tasks: readonly Task[], known: Known): RunningService {
  const { Name: name, Labels: labels } = service.Spec;
  const standing = standingOf(service, tasks);
  const { running, ended, wanted } = standing;
  return {
    name,
    isOurs: labels[clusterLabel] === known.cluster || known.taken?.has(service.ID) === true,
    image: imageOf(service),
    running,
    // Those that have ended as they should are not missed.
    wanted: wanted === null ? null : Math.max(wanted - ended, 0),
    update: ended > 0 && isWhole(standing) ? null : updateOf(service),
    tasks: [...Map.groupBy(tasks, placeOf).values()]
      .map((group) => group.toSorted((a, b) => (b.CreatedAt ?? '').localeCompare(a.CreatedAt ?? '')))
      .flatMap((group) => taskOf(name, group, known))
      .toSorted((a, b) => naturally(a.name, b.name) || compareNodes(a, b)),
  };
}

const compareNodes = (a: RunningTask, b: RunningTask): number => naturally(a.node ?? '', b.node ?? '');

/** What the swarm has ended by itself: replaced, scaled down, or its node is gone. */
const isOver = ({ DesiredState: wanted, Status }: Task): boolean =>
  wanted !== 'running' && ['shutdown', 'orphaned', 'remove'].includes(Status.State);

/** The newest task of a place, and why the last one before it ended badly; none of a place that was given up. */
function taskOf(service: string, newestFirst: readonly Task[], { nameOf }: Known): RunningTask[] {
  const [task, ...before] = newestFirst;
  if (task === undefined || isOver(task)) return [];
  const failed = before.find(hasFailed);
  return [
    {
      name: task.Slot ? `${service}.${task.Slot}` : service,
      node: task.NodeID ? nameOf(task.NodeID) : null,
      state: task.Status.State,
      since: task.Status.Timestamp ?? null,
      error: task.Status.Err ?? '',
      lastFailure:
        failed === undefined ? null : { at: failed.Status.Timestamp ?? null, error: failed.Status.Err ?? '' },
    },
  ];
}

/** An update that has come to its end is no news. */
function updateOf({ UpdateStatus: status }: Service): RunningService['update'] {
  const state = status?.State ?? '';
  if (['', 'completed', 'rollback_completed'].includes(state)) return null;
  return { state, message: status?.Message ?? '' };
}

const imageSchema = z.looseObject({
  TaskTemplate: z.looseObject({ ContainerSpec: z.looseObject({ Image: z.string() }).nullish() }),
});

/** Empty for a service that runs no container, such as a plugin. */
function imageOf({ Spec: spec }: Service): string {
  const read = imageSchema.safeParse(spec);
  return read.success ? (read.data.TaskTemplate.ContainerSpec?.Image ?? '') : '';
}
