import type { Outcome, StepOfKind } from '#core/step.ts';
import { AppError } from '#core/errors.ts';
import type { EngineFacts, NodeFacts } from '#core/observation.ts';
import type { EngineClient } from '../docker/engine.ts';
import { swarmStateOf } from '../observe/facts.ts';
import { waitFor } from '../wait-for.ts';
import type { StepContext } from './context.ts';
import { isAway } from './managers.ts';
import { findNewcomer } from './newcomer.ts';
import { alreadyDone, blocked, done, failed } from './outcomes.ts';
import { isInSwarmAlready, seenFree } from './seen-free.ts';
import { joinSwarm } from '../docker/swarm.ts';
import { engineInfo } from '../docker/system.ts';

type Join = StepOfKind<'join-worker'> | StepOfKind<'join-manager'>;
type Role = NodeFacts['role'];

/** An engine goes on trying to join in the background; after this long it is taken as not joined. */
const joinLimitMs = 60_000;

export const joinWorker = (step: StepOfKind<'join-worker'>, context: StepContext): Promise<Outcome> =>
  join(step, context, 'worker');

export const joinManager = (step: StepOfKind<'join-manager'>, context: StepContext): Promise<Outcome> =>
  join(step, context, 'manager');

/**
 * `POST /swarm/join` with a token read from a manager; confirmed when a manager lists the node as ready. A host that this
 * run saw free is not looked at before, and a newcomer that a manager's list proves is not asked for its id.
 */
async function join(step: Join, context: StepContext, role: Role): Promise<Outcome> {
  const host = step.host ?? '';
  const engine = context.hosts.engine(host);
  const seen = seenFree(context, host);
  const called = seen === null ? 'not-called' : await callJoin(step, context, engine, role);
  if (seen !== null && called === 'joined') {
    const listed = await findNewcomer(context, {
      host,
      role,
      hostname: seen.hostname,
      address: step.args.advertiseAddr,
    });
    if (listed !== undefined) return joined(context, { host, nodeId: listed.id, role });
  }
  if (called === 'not-called' || called === 'refused') {
    const before = await swarmOf(engine);
    if (before.state === 'active') return alreadyMember(step, context, before);
    if (before.state === 'error' || before.state === 'locked') return cannotJoin(host, before);
    if (before.state === 'inactive') await callJoin(step, context, engine, role);
  }
  const nodeId = await waitFor(() => activeNodeId(engine, host), { limitMs: joinLimitMs });
  if (nodeId === undefined) return notJoined(step, await swarmOf(engine));
  return confirm(step, context, { nodeId, role });
}

const swarmOf = async (engine: EngineClient): Promise<EngineFacts['swarm']> => swarmStateOf(await engineInfo(engine));

async function callJoin(
  step: Join,
  context: StepContext,
  engine: EngineClient,
  role: Role,
): Promise<'joined' | 'unsure' | 'refused'> {
  const { args } = step;
  try {
    await joinSwarm(engine, {
      ListenAddr: '0.0.0.0:2377',
      AdvertiseAddr: args.advertiseAddr,
      ...(args.dataPathAddr === null ? {} : { DataPathAddr: args.dataPathAddr }),
      RemoteAddrs: [args.remoteAddr],
      JoinToken: await context.tokens.for(role, args.via),
    });
    return 'joined';
  } catch (error) {
    if (isInSwarmAlready(error)) return 'refused';
    // The engine gives up answering after 20 s but keeps trying: its state decides, not this answer.
    const goesOn = isAway(error) || (error instanceof AppError && error.message.includes('Timeout was reached'));
    if (!goesOn) throw error;
    return 'unsure';
  }
}

/** The NodeID once the engine is active; throws when the engine itself gave the join up. */
async function activeNodeId(engine: EngineClient, host: string): Promise<string | undefined> {
  const swarm = await swarmOf(engine);
  if (swarm.state === 'error') {
    throw new AppError('step_failed', `${host} could not join: ${swarm.error ?? 'the engine gives no reason'}.`, {
      host,
      next: `Run \`docker swarm leave --force\` on ${host}, mend the cause, then retry.`,
    });
  }
  return swarm.state === 'active' && swarm.nodeId !== null ? swarm.nodeId : undefined;
}

/** A worker does not know its cluster's id: it is ours when a manager of ours lists its NodeID. */
async function alreadyMember(step: Join, context: StepContext, swarm: EngineFacts['swarm']): Promise<Outcome> {
  const host = step.host ?? '';
  const listed = (await context.managers.nodes()).find((node) => node.id === swarm.nodeId);
  if (listed !== undefined) {
    noteNode(context, host, listed.id);
    return alreadyDone(`node ${listed.id}`);
  }
  return blocked({
    id: 'in_other_swarm',
    hosts: [host],
    message: `${host} is in another swarm: no manager of ${context.cluster} lists its node ${swarm.nodeId ?? '(no id)'}.`,
    fix: `If that swarm is not needed, run \`docker swarm leave --force\` on ${host}, then retry.`,
  });
}

function cannotJoin(host: string, swarm: EngineFacts['swarm']): Outcome {
  return blocked({
    id: 'swarm_state',
    hosts: [host],
    message: `The engine of ${host} is in swarm state ${swarm.state}${swarm.error === null ? '' : `: ${swarm.error}`}.`,
    fix:
      swarm.state === 'locked'
        ? `Unlock it with \`docker swarm unlock\` on ${host}.`
        : `Run \`docker swarm leave --force\` on ${host}, then retry.`,
  });
}

function notJoined(step: Join, swarm: EngineFacts['swarm']): Outcome {
  const { host, args } = step;
  return failed(
    'step_failed',
    `${host} did not join within ${joinLimitMs / 1000} s (its engine says ${swarm.state}).`,
    {
      done: 'The engine goes on trying in the background.',
      next: `Check that ${host} reaches ${args.remoteAddr} by TCP, run \`docker swarm leave --force\` there, then retry.`,
    },
  );
}

async function confirm(
  step: Join,
  context: StepContext,
  { nodeId, role }: { nodeId: string; role: Role },
): Promise<Outcome> {
  const host = step.host ?? '';
  const isListed = (node: NodeFacts): boolean => node.id === nodeId && node.role === role && node.state === 'ready';
  const ready = await waitFor(async () => (await context.managers.nodes()).find(isListed), { limitMs: joinLimitMs });
  if (ready === undefined) {
    return failed('step_failed', `${host} joined as node ${nodeId}, but no manager sees it as a ready ${role}.`, {
      done: `${host} is a member of the swarm.`,
      next: `Check TCP 2377 from ${host} to every manager, then retry.`,
    });
  }
  return joined(context, { host, nodeId, role });
}

function joined(context: StepContext, member: { host: string; nodeId: string; role: Role }): Outcome {
  const { host, nodeId, role } = member;
  if (role === 'manager') context.managers.noteManager(host);
  noteNode(context, host, nodeId);
  return done(`node ${nodeId}`);
}

function noteNode(context: StepContext, host: string, nodeId: string): void {
  context.nodes.set(host, nodeId);
  context.report({ type: 'node', host, nodeId });
}
