import { clusterLabel, operationLabel } from '#core/spec/names.ts';
import type { EngineFacts } from '#core/observation.ts';
import type { Outcome, StepOfKind } from '#core/step.ts';
import { waitFor } from '../wait-for.ts';
import type { EngineClient } from '../docker/engine.ts';
import { swarmStateOf } from '../observe/facts.ts';
import { isAway } from './managers.ts';
import type { StepContext } from './context.ts';
import { alreadyDone, blocked, done, failed } from './outcomes.ts';
import { isInSwarmAlready, seenFree } from './seen-free.ts';
import { isRefusal } from '../docker/refusal.ts';
import { initSwarm as postInit, inspectSwarm, type Swarm, type SwarmInit } from '../docker/swarm.ts';
import { engineInfo } from '../docker/system.ts';

type Init = StepOfKind<'init-swarm'>;

/** A swarm without our label after this long is somebody else's. */
const labelLimitMs = 1000;

/** `POST /swarm/init` on the first manager. A kill right after it is recognised by the label that it carries. */
export async function initSwarm(step: Init, context: StepContext): Promise<Outcome> {
  const host = hostOf(step);
  const engine = context.hosts.engine(host);
  const before: Seen = seenFree(context, host) === null ? await observe(engine, step) : { kind: 'free' };
  if (before.kind === 'ours') return finish(context, host, before, alreadyDone());
  if (before.kind === 'other') return inOtherSwarm(host, before);
  const called = await callInit(engine, initBody(step, context.operation));
  const after = called.kind === 'made' ? await confirm(engine, step, called.nodeId) : await observe(engine, step);
  if (after.kind === 'ours')
    return finish(context, host, after, called.kind === 'refused' ? alreadyDone() : done(`node ${after.nodeId}`));
  if (after.kind === 'other') return inOtherSwarm(host, after);
  return failed('step_failed', `${host} did not become a swarm manager.`, {
    next: `Look at the engine's log on ${host}, then retry.`,
  });
}

type Called = { kind: 'made'; nodeId: string } | { kind: 'lost' | 'refused' };

/** The answer may be lost while the change was made, and a look of a moment ago be out of date: then it is looked again. */
async function callInit(engine: EngineClient, body: SwarmInit): Promise<Called> {
  try {
    return { kind: 'made', nodeId: await postInit(engine, body) };
  } catch (error) {
    if (isAway(error)) return { kind: 'lost' };
    if (isInSwarmAlready(error)) return { kind: 'refused' };
    throw error;
  }
}

const hostOf = (step: Init): string => step.host ?? '';

type Seen = { kind: 'free' } | { kind: 'ours'; nodeId: string; swarm: Swarm } | Other;

interface Other {
  kind: 'other';
  what: string;
  fix: string;
}

const inOtherSwarm = (host: string, { what, fix }: Other): Outcome =>
  blocked({ id: 'in_other_swarm', hosts: [host], message: `${host} is ${what}.`, fix });

/** An init whose worker was killed goes on in the engine: it is pending for a moment, and then ours. */
async function settledState(engine: EngineClient): Promise<EngineFacts['swarm']> {
  const read = async (): Promise<EngineFacts['swarm']> => swarmStateOf(await engineInfo(engine));
  const settled = await waitFor(
    async () => {
      const state = await read();
      return state.state === 'pending' ? undefined : state;
    },
    { limitMs: 30_000 },
  );
  return settled ?? read();
}

async function observe(engine: EngineClient, step: Init): Promise<Seen> {
  const swarm = await settledState(engine);
  if (swarm.state === 'inactive') return { kind: 'free' };
  const leave = leaveHint(step);
  if (swarm.state !== 'active') return { kind: 'other', what: `in swarm state ${swarm.state}`, fix: leave };
  if (!swarm.controlAvailable) return { kind: 'other', what: 'a worker of a swarm already', fix: leave };
  return whose(await labelledSwarm(engine), step, swarm.nodeId ?? '', leave);
}

/** An init goes on for a moment after its engine is active, and labels its swarm last. */
async function labelledSwarm(engine: EngineClient): Promise<Swarm> {
  const read = (): Promise<Swarm> => inspectSwarm(engine);
  const labelled = await waitFor(
    async () => {
      const swarm = await read();
      return clusterLabel in swarm.Spec.Labels ? swarm : undefined;
    },
    { limitMs: labelLimitMs },
  );
  return labelled ?? read();
}

/** A manager that shows the swarm with our label. One that is none refuses to (503), and then its own word decides. */
async function confirm(engine: EngineClient, step: Init, nodeId: string): Promise<Seen> {
  try {
    return whose(await inspectSwarm(engine), step, nodeId, leaveHint(step));
  } catch (error) {
    if (!isRefusal(error, 503)) throw error;
    return observe(engine, step);
  }
}

function whose(swarm: Swarm, step: Init, nodeId: string, fix: string): Seen {
  if (swarm.Spec.Labels[clusterLabel] === step.args.cluster) return { kind: 'ours', nodeId, swarm };
  return { kind: 'other', what: 'a manager of another swarm', fix };
}

const leaveHint = ({ host }: Init): string =>
  `If that swarm is not needed, run \`docker swarm leave --force\` on ${host}; else take the host out of the spec.`;

function initBody(step: Init, operation: string): SwarmInit {
  const { args } = step;
  return {
    ListenAddr: '0.0.0.0:2377',
    AdvertiseAddr: args.advertiseAddr,
    ...(args.dataPathAddr === null ? {} : { DataPathAddr: args.dataPathAddr }),
    DataPathPort: args.dataPathPort,
    ...(args.addressPools.length === 0 ? {} : { DefaultAddrPool: args.addressPools }),
    SubnetSize: args.subnetSize,
    ForceNewCluster: false,
    Spec: { Labels: { [clusterLabel]: args.cluster, [operationLabel]: operation } },
  };
}

/** The swarm was read together with its join tokens, which the joins need next. */
function finish(
  context: StepContext,
  host: string,
  { nodeId, swarm }: { nodeId: string; swarm: Swarm },
  outcome: Outcome,
): Outcome {
  context.managers.noteManager(host);
  context.tokens.note(host, swarm.JoinTokens);
  context.nodes.set(host, nodeId);
  context.report({ type: 'swarm', swarmId: swarm.ID, nodes: { [host]: nodeId } });
  return outcome;
}
