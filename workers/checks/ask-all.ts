import type { NetworkFacts } from '#core/observation.ts';
import type { CheckResult } from '#core/verification.ts';
import type { Endpoint } from './endpoints.ts';
import { checksFrom } from './plan-checks.ts';
import type { BulkTarget, PlannedCheck, Vantage } from './planned-check.ts';
import { askUntilHeard } from './heard.ts';
import { type Started, withProbers } from './probers.ts';
import { publishedChecks } from './published-checks.ts';
import { runRound } from './run-round.ts';
import { type Peer, underlayChecks } from './underlay-checks.ts';
import { networksAt, vantagesOf } from './vantages.ts';
import type { Scene } from './scene.ts';

interface Asked {
  scene: Scene;
  /** Overlays that are to be proved. */
  networks: readonly NetworkFacts[];
  /** Where hosts listen for each other. */
  at: readonly Peer[];
}

/**
 * Starts the probers, asks everything from everywhere, and lets `use` go on while they run. One exec for each place:
 * on most hosts a single one, with all peers inside.
 */
export async function askAll<T>(
  { scene, networks, at }: Asked,
  use: (answered: Promise<CheckResult[]>, started: Started[]) => Promise<T>,
): Promise<T> {
  const { input, names, view, away, closed } = scene;
  const seen = names.filter((name) => !away.has(name));
  const outside = publishedChecks(input.args, seen, input.hosts.all, view.services);
  const vantages = [...vantagesOf(seen, networks, view.endpoints, closed), ...outside.map(({ vantage }) => vantage)];
  return withProbers(input, vantages, (started) => {
    const ask = async (settleMs: number): Promise<CheckResult[]> => {
      const first = firstOfHost(started);
      const rounds = started.map((one) => {
        const own =
          outside.find(({ vantage }) => vantage === one.vantage)?.checks ??
          overlayChecks(one, scene, networks, started);
        const more = first.has(one) ? underlayChecks(one.vantage.host, at, away) : [];
        return runRound(one, [...own, ...more], { settleMs, away });
      });
      return (await Promise.all(rounds)).flat();
    };
    const silent = seen.flatMap((host) => unasked(host, vantages, networks, closed.get(host)));
    return use(
      askUntilHeard(input, started, ask).then((answers) => [...answers, ...silent]),
      started,
    );
  });
}

/** The ports of the swarm are asked for from one place of each host. */
const firstOfHost = (started: readonly Started[]): ReadonlySet<Started> =>
  new Set(
    [...Map.groupBy(started, ({ vantage }) => vantage.host).values()].flatMap(
      (own) => own.find((one) => 'prober' in one) ?? [],
    ),
  );

function overlayChecks(
  one: Started,
  { view, peers, away }: Scene,
  networks: readonly NetworkFacts[],
  started: readonly Started[],
): PlannedCheck[] {
  const { vantage } = one;
  const here = networksAt(vantage);
  const near = {
    from: vantage.host,
    networks: networks.filter(({ name }) => here.includes(name)),
    peers: peers.get(vantage.host) ?? [],
    away: new Set(away.keys()),
  };
  const whole = { ...view, endpoints: [...view.endpoints, ...started.flatMap(asEndpoints)] };
  return checksFrom(near, whole, started.flatMap(asBulkTargets));
}

/** A prober that was attached is itself a container on its networks, and answers its peers like any other. */
function asEndpoints(one: Started): Endpoint[] {
  if (!('prober' in one) || one.vantage.kind !== 'attached') return [];
  const { name, places, id, host } = one.prober;
  return places.map(({ network, address }) => ({
    kind: 'container',
    name,
    host,
    network,
    address,
    containerId: id,
    ports: [],
  }));
}

const asBulkTargets = (one: Started): BulkTarget[] =>
  'prober' in one
    ? one.prober.places.map(({ network, address }) => ({ host: one.vantage.host, network, address }))
    : [];

const whyClosed = { drain: 'while it is drained', pause: 'while it is paused' } as const;

/**
 * A host without a container on a network cannot be looked from where none can be attached: skipped, and said. That is
 * so where the network is not attachable, and where the host takes nothing new.
 */
function unasked(
  host: string,
  vantages: readonly Vantage[],
  networks: readonly NetworkFacts[],
  closed: 'pause' | 'drain' | undefined,
): CheckResult[] {
  const covered = new Set(vantages.flatMap((one) => (one.host === host ? networksAt(one) : [])));
  return networks
    .filter(({ name }) => !covered.has(name))
    .map(({ name, attachable }) => ({
      level: 'L4',
      check: 'vantage',
      network: name,
      from: host,
      to: null,
      target: name,
      result: 'skipped',
      detail: `${host} has no container on ${name}, and none can be attached ${
        attachable && closed !== undefined ? whyClosed[closed] : 'to it'
      }`,
      ms: null,
    }));
}
