import type { Observation } from '#core/observation.ts';
import { unknown } from '#core/observed.ts';
import type { Split } from '#core/swarm-split.ts';
import type { RevisionView } from '#core/wire.ts';
import { condensed } from '#core/reports/condense.ts';
import { awayOf, lookClosely, looksOf, withoutSilent } from '../checks/look-at-hosts.ts';
import { staying } from '../checks/staying.ts';
import { verifyCluster } from '../checks/verify-cluster.ts';
import { type Wanted, wantedContainers } from '../checks/wanted-checks.ts';
import { within } from '../checks/within.ts';
import { membersOf } from '../observe/members.ts';
import { observeCluster } from '../observe/observe-cluster.ts';
import type { Ended, RunContext } from '../run-context.ts';
import { createManagers } from '../steps/context.ts';
import { outcomeOf } from '../steps/verify.ts';
import { findAtOnce } from './verify-found.ts';
import { checkNetworks, wantedOf, withNodesWithoutHost } from './verify-wanted.ts';

/** Nothing was just changed: what fails for so long is broken, and its cause is to be told soon. */
const settleMs = 4000;
const observeLimitMs = 8000;

/** A verification on its own: the same checks as the last step of an apply, over every overlay or the named ones. */
export async function runVerify(context: RunContext): Promise<Ended> {
  const { lease, reporter } = context;
  const { request } = lease.operation;
  if (request.kind !== 'verify') throw new Error(`verify was asked to run ${request.kind}`);
  const isThere = stayingIn(context);
  const all = { ...context.hosts, all: context.hosts.all.filter(({ name }) => isThere(name)) };
  const looked = await lookClosely(all);
  const looks = looksOf(looked);
  const hosts = withoutSilent(all, looks);
  const atOnce = await findAtOnce({ lease, hosts }, looked);
  const observation = atOnce?.observation ?? (await observed({ ...context, hosts }, awayOf(looks)));
  const { args, expected } = wantedOf(lease, observation);
  const recorded = lease.cluster?.nodes ?? {};
  const isAdopted = lease.cluster?.mode === 'adopted';
  if (isAdopted) checkNetworks(lease.cluster?.name ?? '', args, request.networks);
  const verified = await verifyCluster({
    hosts,
    looks,
    managers: atOnce?.managers ?? createManagers({ lease, hosts }, observation),
    nodes: new Map([...Object.entries(recorded).filter(([name]) => isThere(name)), ...membersOf(observation)]),
    expected,
    args: {
      ...args,
      connectivity: request.connectivity ?? (args.connectivity === 'none' ? 'sampled' : args.connectivity),
      networks: request.networks.length > 0 ? request.networks : args.networks,
    },
    everyNetwork: request.networks.length === 0,
    wanted: lease.revision === null ? null : wantedBeside(lease.revision),
    settleMs,
    comeUpMs: settleMs,
    found: atOnce?.found ?? null,
    split: splitIn(lease.operation.cluster ?? '', observation),
    operation: lease.operation.id,
    cluster: lease.operation.cluster ?? '',
    note: (host, text) => reporter.report({ type: 'note', step: null, host, text }),
  });
  const verification = isAdopted
    ? withNodesWithoutHost(verified, observation, lease.cluster?.adoption ?? null)
    : verified;
  reporter.report({ type: 'verification', verification: condensed(verification) });
  const outcome = outcomeOf(verification);
  if (outcome.kind === 'failed') return { kind: 'ended', state: 'failed', error: outcome.error };
  return { kind: 'ended', state: 'succeeded', error: null };
}

function splitIn(cluster: string, { swarm }: Observation): Split | null {
  const { manager = '', rivals = [] } = (swarm.known ? swarm.value : null) ?? {};
  return rivals.length === 0 ? null : { cluster, manager, rivals };
}

/** An adopted cluster has no spec that could leave a host out. */
const stayingIn = ({ hosts, lease: { cluster, revision } }: RunContext): ((host: string) => boolean) =>
  cluster === null || revision === null
    ? () => true
    : staying(hosts, { name: cluster.name, expected: Object.keys(revision.spec.nodes) });

/** Without asking again those that were just found silent, and without waiting for a swarm that cannot answer. */
async function observed(context: RunContext, away: ReadonlyMap<string, string>): Promise<Observation> {
  const { hosts, lease } = context;
  const answering = { ...hosts, all: hosts.all.filter(({ name }) => !away.has(name)) };
  const observation = await within(observeCluster(answering, lease), observeLimitMs, 'The swarm');
  const silent = Object.fromEntries([...away].map(([host, reason]) => [host, unknown(reason)]));
  if (observation.known) {
    return { ...observation.value, hosts: { ...observation.value.hosts, ...silent } };
  }
  return { at: new Date().toISOString(), hosts: silent, swarm: observation };
}

/** What the spec wants beside networks and services. */
const wantedBeside = ({ spec }: RevisionView): Wanted => ({
  dataPathPort: spec.swarm.data_path_port,
  managers: Object.entries(spec.nodes).flatMap(([name, { role }]) => (role === 'manager' ? [name] : [])),
  containers: wantedContainers(spec),
});
