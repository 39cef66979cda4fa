import type { Outcome, StepOfKind } from '#core/step.ts';
import type { EngineFacts } from '#core/observation.ts';
import { heldGossip } from '#core/plan/fitness.ts';
import { gossipPort } from '#core/preflight/probes.ts';
import type { EngineClient } from '../docker/engine.ts';
import { leaveSwarm as postLeave } from '../docker/swarm.ts';
import { listContainers } from '../docker/containers.ts';
import { isRefusal } from '../docker/refusal.ts';
import { engineInfo } from '../docker/system.ts';
import { swarmStateOf } from '../observe/facts.ts';
import { observeHost } from '../observe/observe-host.ts';
import { waitFor } from '../wait-for.ts';
import type { StepContext } from './context.ts';
import { isAway } from './managers.ts';
import { alreadyDone, blocked, done, failed } from './outcomes.ts';

type Leave = StepOfKind<'leave-swarm'>;
type SwarmState = EngineFacts['swarm'];

/** A demoted manager gets the certificate of a worker some moments after the managers have let it go. */
const demotedLimitMs = 60_000;
const leftLimitMs = 30_000;
const tasksLimitMs = 10_000;
/** The engine closes its gossip within a second, or keeps it until it is restarted. */
const gossipLimitMs = 10_000;

/**
 * `POST /swarm/leave` on a host that is the node of the plan and no manager. Confirmed when its engine is in no swarm
 * and nothing listens on 7946 any more: engines before 28 may keep that port, and would join next with dead gossip.
 */
export const leaveSwarm = (step: Leave, context: StepContext): Promise<Outcome> =>
  leaveAs(step, context, {
    force: false,
    objection: async (engine) => ((await isNoManager(engine)) ? null : staysManager(step.host ?? '')),
  });

interface How {
  force: boolean;
  /** Why it may not leave now, asked where it is the node of the plan. */
  objection: (engine: EngineClient) => Promise<Outcome | null>;
}

/** Leaves, and waits until its engine, its tasks and its gossip say so. */
export async function leaveAs(step: Leave | StepOfKind<'end-swarm'>, context: StepContext, how: How): Promise<Outcome> {
  const host = step.host ?? '';
  const engine = context.hosts.engine(host);
  const before = await swarmOf(engine);
  if (before.state === 'inactive') return confirmGossip(host, context, alreadyDone());
  if (before.nodeId !== step.args.id) return isOtherNode(host, step.args.id, before);
  const objection = await how.objection(engine);
  if (objection !== null) return objection;
  await callLeave(engine, how.force);
  const left = await waitFor(async () => ((await swarmOf(engine)).state === 'inactive' ? true : undefined), {
    limitMs: leftLimitMs,
  });
  if (left === true) {
    await untilTasksAreGone(engine, step.args.id);
    return confirmGossip(host, context, done());
  }
  return failed('step_failed', `The engine of ${host} was told to leave and is in a swarm still.`, {
    next: `Look at the engine's log on ${host}, then retry.`,
  });
}

const swarmOf = async (engine: EngineClient): Promise<SwarmState> => swarmStateOf(await engineInfo(engine));

const isOtherNode = (host: string, id: string, { nodeId, state }: SwarmState): Outcome =>
  blocked({
    id: 'in_other_swarm',
    hosts: [host],
    message: `${host} is not node ${id} any more: its engine is ${state}, as node ${nodeId ?? 'without an id'}.`,
    fix: 'Plan again, so that it is told what there is to do now.',
  });

const isNoManager = async (engine: EngineClient): Promise<boolean> =>
  (await waitFor(async () => ((await swarmOf(engine)).controlAvailable ? undefined : true), {
    limitMs: demotedLimitMs,
    firstMs: 100,
  })) === true;

const staysManager = (host: string): Outcome =>
  failed('step_failed', `${host} was demoted and its engine is a manager still after ${demotedLimitMs / 1000} s.`, {
    done: 'It was not told to leave.',
    next: `Check TCP 2377 between ${host} and every manager, then retry.`,
  });

/** The engine takes away what ran there for the swarm some moments after it has left; what stays then is in nobody's way. */
async function untilTasksAreGone(engine: EngineClient, node: string): Promise<void> {
  const filters = { label: [`com.docker.swarm.node.id=${node}`] };
  const look = async (): Promise<true | undefined> =>
    (await listContainers(engine, { all: true, filters })).length === 0 ? true : undefined;
  await waitFor(look, { limitMs: tasksLimitMs, firstMs: 100 });
}

/** An answer that got lost is of no matter, nor is a refusal because it has left meanwhile: its state decides. */
async function callLeave(engine: EngineClient, force: boolean): Promise<void> {
  try {
    await postLeave(engine, { force });
  } catch (error) {
    if (!isAway(error) && !isRefusal(error, 503)) throw error;
  }
}

async function confirmGossip(host: string, { hosts, report }: StepContext, outcome: Outcome): Promise<Outcome> {
  const free = await waitFor(async () => (heldGossip(await hosts.system(host, [])).length > 0 ? undefined : true), {
    limitMs: gossipLimitMs,
    firstMs: 200,
  });
  const facts = await observeHost(hosts, host, []);
  if (facts.known) report({ type: 'host-facts', host, facts: facts.value });
  if (free === true) return outcome;
  return failed(
    'step_failed',
    `${host} has left, but port ${gossipPort} is still taken: its engine keeps the gossip.`,
    {
      done: `${host} is in no swarm any more.`,
      next: `Run \`flotilla host restart-engine ${host}\`, then retry.`,
    },
  );
}
