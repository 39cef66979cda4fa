import { isPortOfOwn } from '#core/engine/own-port.ts';
import { onItsNode } from '#core/engine/task-states.ts';
import type { Task } from '../docker/tasks.ts';
import { placeOf } from './service-tasks.ts';

/*
 * A task that finds no node says so in the moment in which it is made. With `order: stop-first` the one that it replaces
 * is told to stop in the same moment and holds its port, and what was kept for it, until it has ended; one that fails
 * again and again gives its port up and takes it back. So that word is believed only where nothing else can change it.
 */

/** How a scheduler says that a task finds no node; of a global service it has only the one to look at. */
const isUnplaced = /^no suitable node|^host-mode port already in use|^insufficient resources/u;
/** Of these, what another task of the same service may be in the way of. */
const mayPass = /host-mode port already in use|insufficient resources|max replicas per node/u;

/** The first task that waits for a node, with why. */
export const unplacedOf = (tasks: readonly Task[]): Task | undefined =>
  tasks.find(({ Status }) => Status.State === 'pending' && isUnplaced.test(Status.Err ?? ''));

/** What is remembered from look to look: since when the same tasks are in the way. */
export interface Wait {
  of: string;
  sinceMs: number;
}

/**
 * So long the same tasks may be in the way of one that waits, where none of them is told to stop: it may be left of an
 * update before, and a swarm watches each of its updates for 5 s before it goes on.
 */
const lastsMs = 15_000;

/**
 * Whether a task that waits for a node may find one yet, and what to remember. Who is told to stop is given its grace and
 * some time more: on a node that is down it never says that it has ended.
 */
export function mayBePlaced(
  { unplaced, all, graceMs }: { unplaced: Task; all: readonly Task[]; graceMs: number },
  before: Wait | null,
  nowMs: number,
): { may: boolean; wait: Wait | null } {
  if (!mayPass.test(unplaced.Status.Err ?? '')) return { may: false, wait: null };
  const inTheWay = all.filter(isAlive);
  const of = inTheWay
    .map(({ ID, DesiredState }) => `${ID} ${DesiredState}`)
    .toSorted()
    .join();
  const wait = before?.of === of ? before : { of, sinceMs: nowMs };
  return { may: nowMs - wait.sinceMs < lastsMs + (inTheWay.some(isLeaving) ? graceMs : 0), wait };
}

export type InTheWay = 'its other replicas' | 'the one that it replaces' | 'one that does not stop' | 'others';

/** Who is in the way of a task that waits for a port. */
export function inTheWayOf(unplaced: Task, all: readonly Task[]): InTheWay {
  const alive = all.filter((task) => isAlive(task) && task.ID !== unplaced.ID);
  if (!isAboutPorts.test(unplaced.Status.Err ?? '')) return 'others';
  const here = alive.filter((task) => placeOf(task) === placeOf(unplaced));
  if (here.length > 0) return here.every(isLeaving) ? 'one that does not stop' : 'the one that it replaces';
  if (unplaced.NodeID) return 'others';
  return isPortOfOwn(unplaced.Status.Err ?? '', alive.length) ? 'its other replicas' : 'others';
}

const isAboutPorts = /host-mode port already in use/u;

/** The scheduler gives a node its port when it places a task there, long before that runs, until it has ended. */
const isAlive = ({ NodeID, Status }: Task): boolean =>
  Boolean(NodeID) && [...onItsNode, 'running'].includes(Status.State);

const isLeaving = ({ DesiredState }: Task): boolean => DesiredState === 'shutdown' || DesiredState === 'remove';
