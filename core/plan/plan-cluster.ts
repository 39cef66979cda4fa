import { madeConfigs } from '../engine/made-config.ts';
import type { Plan } from '../plan.ts';
import { isTakenDown } from '../spec/taken-down.ts';
import type { PlanOrRefusal } from '../worker-wire.ts';
import { planConfigRemovals, planConfigs } from './configs.ts';
import { planContainers } from './containers.ts';
import { decisionsInForce } from './decisions.ts';
import { planDigest } from './digest.ts';
import { checkHeld } from './held.ts';
import type { PlanInput } from './input.ts';
import { checkLeaving, planForcedLeaving, planLeaving } from './leaving.ts';
import { leftOutNotes } from './left-out-keys.ts';
import { checkLeftOut } from './left-out.ts';
import { checkLostAddresses } from './lost-address.ts';
import { checkMembership } from './membership.ts';
import { planNetworks } from './networks.ts';
import { planNodes } from './nodes.ts';
import { inOrder } from './order.ts';
import { mergeParts, type Part, part, type Problem } from './part.ts';
import { afterPortsAreFree } from './port-order.ts';
import { checkPorts } from './ports.ts';
import { refusalOf } from './refusal.ts';
import { planAsideRemovals, planContainerRemovals, planNetworkRemovals, planServiceRemovals } from './removals.ts';
import { riskOf } from './risk.ts';
import { planSecretRemovals, planSecrets } from './secrets.ts';
import { planServices } from './services.ts';
import { checkSplit } from './split.ts';
import { checkSwarmSettings } from './swarm-settings.ts';
import { takesOver } from './taken.ts';
import { checkTakingDown } from './taking-down.ts';
import { planTokens } from './token-turns.ts';
import { checkUnseen, hostNotSeenId } from './unseen.ts';
import { verifyStep } from './verify.ts';
import { type World, worldOf } from './world.ts';

/**
 * The steps from what was observed to what the spec asks for, or why there is no safe way.
 *
 * First the swarm: who is a node of ours, who is free, who is neither. Any problem there hides what is above it, so it
 * is told alone. Who is lost goes as soon as newcomers have joined. Then networks, secrets, configs, services and
 * containers; what goes is removed before what needs its place is made. Last, who leaves, and tokens that are to be
 * others; a swarm that ends loses all that it holds before.
 * Pure and deterministic: the same input gives the same plan and the same digest.
 */
export async function planCluster(input: PlanInput): Promise<PlanOrRefusal> {
  const world = worldOf(input, await madeConfigs(input.spec));
  const split = checkSplit(world);
  if (isSome(split)) return refused(split);
  const swarm = planSwarm(world);
  if (isSome(swarm.problems)) return refused(swarm.problems);
  const objects = await planObjects(world, swarm);
  if (isSome(objects.problems)) return refused(objects.problems);
  const all = mergeParts([swarm, objects]);
  const ordered = inOrder(afterPortsAreFree(world, all.steps));
  if (ordered.kind === 'ring') return refused([ordered.problem]);
  return { kind: 'planned', plan: await finish(world, { ...all, steps: ordered.steps }) };
}

function planSwarm(world: World): Part {
  const membership = checkMembership(world);
  const leaving = mergeParts([checkLeaving(world), checkLeftOut(world), checkTakingDown(world)]);
  return mergeParts([
    membership,
    leaving,
    checkLostAddresses(world),
    part({ problems: checkSwarmSettings(world) }),
    planNodes(world),
  ]);
}

async function planObjects(world: World, { steps: formed }: Part): Promise<Part> {
  const containersGone = planContainerRemovals(world);
  const servicesGone = planServiceRemovals(world);
  const networks = planNetworks(world, formed);
  const held = mergeParts([planSecrets(world, formed), planConfigs(world, formed)]);
  const forced = planForcedLeaving(world, formed);
  const ready = [...formed, ...forced];
  const before = [...ready, ...containersGone.steps, ...servicesGone.steps, ...networks.steps, ...held.steps];
  const services = mergeParts([checkHeld(world), planServices(world, before)]);
  const containers = await planContainers(world, before);
  const asidesGone = planAsideRemovals(world, [...containersGone.steps, ...containers.steps]);
  const changed = mergeParts([containersGone, asidesGone, servicesGone, networks, held, services, containers]);
  const networksGone = planNetworkRemovals(world, changed.steps);
  const heldGone = mergeParts([planConfigRemovals(world, changed.steps), planSecretRemovals(world, changed.steps)]);
  const last = isTakenDown(world.spec) ? [...networksGone.steps, ...heldGone.steps] : [];
  const leaving = planLeaving(world, { before: [...formed, ...changed.steps, ...last], forced });
  const tokens = planTokens(world, [...ready, ...changed.steps, ...leaving.steps]);
  const all = mergeParts([part({ steps: forced }), changed, leaving, tokens, networksGone, heldGone]);
  const isEmpty = formed.length + all.steps.length === 0 && !isTurn(world);
  return mergeParts([all, checkPorts(world, all.steps), checkUnseen(world, isEmpty)]);
}

/**
 * A revision that takes back what never came about changes nothing, and has to become current all the same: what is built
 * on the one before would try that again. Its proof tells of hosts that could not be seen.
 */
const isTurn = (world: World): boolean =>
  world.input.base !== null && world.input.base !== world.input.revision && verifyStep(world, []) !== null;

async function finish(world: World, { steps, decisions, warnings }: Part): Promise<Plan> {
  const { cluster, base, revision, verify } = world.input;
  const isProved =
    steps.length > 0 || verify === true || takesOver(world.input) || warnings.some(({ id }) => id === hostNotSeenId);
  const proof = isProved ? verifyStep(world, steps) : null;
  const all = proof === null ? steps : [...steps, proof];
  const plan = {
    cluster,
    base,
    revision,
    steps: all,
    decisions: decisionsInForce(world, decisions),
    risk: riskOf(world, all),
    warnings: [...warnings, ...leftOutNotes(world)],
  };
  return { ...plan, digest: await planDigest(plan) };
}

const isSome = (problems: Problem[]): problems is [Problem, ...Problem[]] => problems.length > 0;

const refused = (problems: [Problem, ...Problem[]]): PlanOrRefusal => ({
  kind: 'refused',
  error: refusalOf(problems),
  findings: problems.map(({ finding }) => finding),
});
