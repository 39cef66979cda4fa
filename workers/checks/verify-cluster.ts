import { inCluster } from '#core/causes/finding-of.ts';
import { diagnose } from '#core/diagnosis/diagnose.ts';
import {
  dataPathPortOf,
  type Evidence,
  type GossipLook,
  type HostLook,
  type Symptoms,
} from '#core/diagnosis/symptoms.ts';
import { nameList } from '#core/name-list.ts';
import { known, type Observed, unknown } from '#core/observed.ts';
import type { StepVerify } from '#core/step.ts';
import type { CheckResult, Verification } from '#core/verification.ts';
import { naturally } from '#core/natural-order.ts';
import { hostsByNode } from '../observe/members.ts';
import { askSwarm, closedHosts, type SwarmAnswers, swarmLookOf } from './ask-swarm.ts';
import { endedMeanwhile, withEnded } from './ended-meanwhile.ts';
import { askHosts, type Endpoint, type EndpointView, type LocalView, viewOf } from './endpoints.ts';
import { gatherEvidence } from './gather-evidence.ts';
import { gossipChecks } from './gossip.ts';
import { awayOf, hostChecks } from './look-at-hosts.ts';
import { askAll } from './ask-all.ts';
import { cameUpSince, comingUp, notPlaced, untilUp } from './coming-up.ts';
import { containerChecks } from './container-checks.ts';
import type { Task } from '../docker/tasks.ts';
import { notHeardOf, untilHeardOf } from './not-heard-of.ts';
import { withCarried } from './carried.ts';
import type { Scene, VerifyInput } from './scene.ts';
import { pairsOf, verdictOf } from './summarise.ts';
import { noState, type ServiceState, skipEnded, taskChecks } from './task-checks.ts';
import { peersAt } from './underlay-checks.ts';
import { findUnseen, withUnseen, withUnseenTasks } from './unseen-hosts.ts';
import { peersOf } from './vantages.ts';
import { within } from './within.ts';
import { barredChecks } from './wanted-checks.ts';

const swarmLimitMs = 8000;

/**
 * Proves what the swarm only claims: from every node, every container on its peers answers by name, by small and
 * large packets, by TCP; and every published port answers from outside. What fails is looked at more closely, and told
 * by its cause. Leaves nothing but the probe image behind.
 */
export async function verifyCluster(input: VerifyInput): Promise<Verification> {
  const first = await lookOnce(input);
  const { checks } = first.verification;
  const isStale = checks.some(({ error }) => error === 'stale') && (await cameUpSince(input.managers, first.tasks));
  // Where tasks do not stay, the next look would be disturbed as well, and its cause is known.
  const wasDisturbed = first.ended.length > 0 && checks.every(({ level, result }) => level !== 'L0' || result === 'ok');
  if (!isStale && !wasDisturbed) return first.verification;
  input.note(null, `Tasks ${isStale ? 'came up' : 'ended'} meanwhile: looks anew.`);
  return (await lookOnce({ ...input, found: null })).verification;
}

interface Looked {
  verification: Verification;
  tasks: readonly Task[];
  /** Endpoints that went away while they were asked. */
  ended: readonly Endpoint[];
}

async function lookOnce(input: VerifyInput): Promise<Looked> {
  const startedAt = new Date().toISOString();
  const started = performance.now();
  const { args, looks } = input;
  const away = awayOf(looks);
  const nodes = withSeenNodes(input);
  const names = [...nodes.keys()].toSorted(naturally);
  const { peers, sampled } = peersOf(names, args.connectivity === 'full');
  const { answers, local } = await settled(input, nodes);
  const view = viewOf(answers.known ? answers.value : null, local, nodes);
  const swarm = swarmLookOf(answers, nodes);
  for (const [host, why] of Object.entries(view.unseen)) if (!why.known && !away.has(host)) away.set(host, why.reason);
  const closed = closedHosts(answers.known ? answers.value.nodes : [], nodes);
  const scene: Scene = { input, names, peers, away, view, swarm, nodes, closed };
  const seen = await askEverything(scene);
  const symptoms = await symptomsOf(scene, seen);
  // The rules need to know who reaches a host that is away; of the network it proves nothing.
  const told = symptoms.checks.map((one) =>
    isOfAway(one, seen.unseen) ? { ...one, result: 'unknown' as const } : one,
  );
  const pairs = args.connectivity === 'none' ? [] : pairsOf(peers, told, seen.unseen);
  const findings = diagnose(symptoms).map((one) => inCluster(one, input.cluster));
  const verification = {
    startedAt,
    seconds: Math.round(performance.now() - started) / 1000,
    verdict: verdictOf(told, pairs, findings),
    nodes: names,
    sampled,
    pairs,
    checks: told,
    findings,
  };
  return { verification, tasks: answers.known ? answers.value.tasks : [], ended: seen.ended };
}

const swarmAndHosts = async ({ managers, hosts }: VerifyInput, nodes: ReadonlyMap<string, string>) => {
  const swarm = within(askSwarm(managers, swarmLimitMs), swarmLimitMs, 'The swarm');
  const [answers, local] = await Promise.all([swarm, askHosts({ hosts, nodes })]);
  return { answers, local };
};

/**
 * What the swarm and its hosts list, once a new leader has heard of its nodes, and the tasks that are on their way have
 * come up; or once either has taken too long.
 */
async function settled(input: VerifyInput, nodes: ReadonlyMap<string, string>) {
  const { found } = input;
  const first = await heardOf(
    input,
    nodes,
    found === null ? await swarmAndHosts(input, nodes) : { ...found, answers: known(found.answers) },
  );
  if (!first.answers.known) return first;
  const coming = [...new Set([...notPlaced(first.answers.value), ...comingUp(first.answers.value)])];
  if (coming.length === 0) return first;
  input.note(null, `Waits for tasks of ${coming.join(', ')} to come up.`);
  await untilUp(input.managers, first.answers.value, input.comeUpMs);
  return swarmAndHosts(input, nodes);
}

interface FirstLook {
  answers: Observed<SwarmAnswers>;
  local: readonly LocalView[];
}

async function heardOf(input: VerifyInput, nodes: ReadonlyMap<string, string>, first: FirstLook): Promise<FirstLook> {
  const about = { nodes, looks: input.looks };
  const silent = first.answers.known ? notHeardOf(first.answers.value.nodes, about) : [];
  if (silent.length === 0) return first;
  input.note(null, `The swarm has another leader: waits until it has heard of ${nameList(silent)}.`);
  await untilHeardOf(input.managers, about);
  return await swarmAndHosts(input, nodes);
}

/** The swarm's ports of a host that could not be looked at. */
const isOfAway = ({ level, result, to }: CheckResult, unseen: ReadonlyMap<string, string>): boolean =>
  level === 'L1' && result === 'failed' && to !== null && unseen.has(to);

/** NodeIDs as on record, and as the engines say themselves now. */
function withSeenNodes({ nodes, looks }: VerifyInput): Map<string, string> {
  const own = Object.entries(looks).flatMap(([host, { engine }]): [string, string][] => {
    const id = engine.known ? engine.value.swarm.nodeId : null;
    return id === null ? [] : [[host, id]];
  });
  return new Map([...nodes, ...own]);
}

interface Seen {
  checks: CheckResult[];
  gossip: GossipLook[];
  state: ServiceState;
  evidence: Evidence | null;
  looks: Readonly<Record<string, HostLook>>;
  /** Hosts that went away meanwhile are among them. */
  unseen: ReadonlyMap<string, string>;
  /** Containers that ended meanwhile. */
  ended: readonly Endpoint[];
}

/** All levels, and where something failed the evidence, while the probers still run. */
async function askEverything(scene: Scene): Promise<Seen> {
  const { input, names, view, swarm, away, nodes } = scene;
  const networks = networksOf(scene);
  const hostOf = hostsByNode(nodes);
  const at = peersAt(input.looks, swarm.known ? swarm.value : null);
  const awayNames = new Set(away.keys());
  const wanted = input.wanted?.containers ?? [];
  const overlays = new Set(view.networks.map(({ name }) => name));
  return askAll({ scene, networks, at }, async (answered, started) => {
    const look = () => taskChecks(input.managers, { view, hostOf, settleMs: input.settleMs });
    const [asked, gossip, first, containers] = await Promise.all([
      answered.then(withCarried),
      gossipChecks({ ...input, networks, endpoints: view.endpoints, away: awayNames }),
      swarm.known ? look() : noState,
      containerChecks(wanted, { hosts: input.hosts, overlays, away: awayNames, settleMs: input.settleMs }),
    ]);
    const state = first.mayEnd ? await look() : first;
    const unseen = await findUnseen(input.hosts, away, asked);
    const judged = skipEnded(asked, state);
    const isBad = [...judged, ...gossip.checks].some(({ result }) => result === 'failed');
    const ended = isBad ? await endedMeanwhile(input.hosts, nodes, view) : [];
    const vantages = started.map(({ vantage }) => vantage);
    const checks = [
      ...hostChecks(input.looks).filter(({ check, from }) => check !== 'engine' || !unseen.has(from)),
      ...withUnseen(withEnded([...judged, ...gossip.checks], ended, vantages, state.endedAt), unseen),
      ...withUnseenTasks(state, unseen),
      ...missingNodes(input, nodes),
      ...missingNetworks(input.args, scene),
      ...barredChecks(wanted, view),
      ...containers,
    ];
    const told = { checks, gossip: gossip.looks, state, unseen, ended };
    if (!checks.some((one) => one.result === 'failed' && !isOfAway(one, unseen)) || names.length === 0) {
      return { ...told, evidence: null, looks: input.looks };
    }
    const dataPathPort = dataPathPortOf(swarm);
    const { peers } = scene;
    const isLossy = checks.some((one) => one.check === 'ping' && one.level === 'L4' && one.result === 'failed');
    const isEncrypted = networks.some(({ options }) => 'encrypted' in options);
    const closer = { ...input, dataPathPort, probers: started, peers, at, isLossy, isEncrypted };
    return { ...told, ...(await gatherEvidence(closer)) };
  });
}

function networksOf({ input: { args, everyNetwork }, view }: Scene): EndpointView['networks'] {
  if (args.connectivity === 'none') return [];
  return everyNetwork ? view.networks : view.networks.filter(({ name }) => args.networks.includes(name));
}

async function symptomsOf({ input, swarm }: Scene, seen: Seen): Promise<Symptoms> {
  const straight = seen.evidence?.underlay ?? [];
  return {
    hosts: withGone(seen.looks, seen.unseen),
    swarm,
    services: seen.state.services,
    checks: seen.checks.map((check) => bestWitness(check, straight)),
    gossip: seen.gossip,
    evidence: seen.evidence,
    wantedDataPort: input.wanted?.dataPathPort ?? null,
    managers: input.wanted?.managers ?? [],
    split: input.split,
  };
}

/** Hosts that went away meanwhile are no better known than those that were away before. */
const withGone = (looks: Seen['looks'], unseen: Seen['unseen']): Record<string, HostLook> =>
  Object.fromEntries(
    Object.entries(looks).map(([host, look]) => {
      const reason = look.engine.known ? unseen.get(host) : undefined;
      return [host, reason === undefined ? look : { ...look, engine: unknown(reason) }];
    }),
  );

/** What fails from inside a container and passes from host to host says nothing of the host's ports. */
function bestWitness(check: CheckResult, straight: readonly CheckResult[]): CheckResult {
  if (check.level !== 'L1' || check.result !== 'failed') return check;
  const passes = straight.some((one) => one.result === 'ok' && one.from === check.from && one.target === check.target);
  return passes
    ? { ...check, result: 'skipped', detail: `passes from host to host, not from inside a container: ${check.detail}` }
    : check;
}

const blank = { network: null, to: null, ms: null };

const missingNodes = ({ expected }: VerifyInput, nodes: ReadonlyMap<string, string>): CheckResult[] =>
  expected
    .filter((host) => !nodes.has(host))
    .map((host) => ({
      ...blank,
      level: 'L0',
      check: 'node',
      from: host,
      target: host,
      result: 'unknown',
      detail: `it is not known which node of the swarm ${host} is`,
    }));

function missingNetworks(args: StepVerify, { view, swarm }: Scene): CheckResult[] {
  const there = new Set(view.networks.map((network) => network.name));
  return args.networks
    .filter((name) => !there.has(name))
    .map((name) => ({
      ...blank,
      level: 'L2',
      check: 'network',
      network: name,
      from: 'manager',
      target: name,
      result: swarm.known ? 'failed' : 'unknown',
      detail: swarm.known ? `no manager lists the network ${name}` : `no manager answers: ${swarm.reason}`,
    }));
}
