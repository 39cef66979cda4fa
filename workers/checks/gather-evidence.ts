import type { Captured, Counters, Evidence, HostLook, OneWay } from '#core/diagnosis/symptoms.ts';
import { known, type Observed, unknown } from '#core/observed.ts';
import { controlPortFor } from '#core/preflight/probes.ts';
import type { CheckResult } from '#core/verification.ts';
import type { Hosts } from '../hosts.ts';
import { unknownOf } from '../observe/observe-host.ts';
import { countedSince } from '../ssh/counters.ts';
import type { SystemEvidence } from '../ssh/evidence.ts';
import { parseCapture, tcpdumpCommand } from './capture.ts';
import { sendBeside, sendOneWay } from './one-way.ts';
import type { Vantage } from './planned-check.ts';
import { startProbers, type Started } from './probers.ts';
import { runRound } from './run-round.ts';
import { type Peer, underlayChecks } from './underlay-checks.ts';
import { bothWays } from './vantages.ts';
import { within } from './within.ts';

interface Scene {
  hosts: Hosts;
  operation: string;
  settleMs: number;
  note: (host: string | null, text: string) => void;
  looks: Readonly<Record<string, HostLook>>;
  dataPathPort: number;
  /** Probers on the overlays, which still run. */
  probers: readonly Started[];
  /** Which others each host has tested. */
  peers: ReadonlyMap<string, readonly string[]>;
  /** Where hosts listen for each other. */
  at: readonly Peer[];
  /** Whether packets are lost in overlays, so that the data path is in doubt. */
  isLossy: boolean;
  /** Whether an overlay is encrypted. */
  isEncrypted: boolean;
}

/** Everything together must fit in the time that a diagnosis may take. */
const scriptLimitMs = 6000;
const captureLimitMs = 8000;

/**
 * Looks closer after something failed: single datagrams through the overlays, in each direction for itself; packets on
 * the data-path port as each host sees them; the swarm's ports from host to host; and what each system counts and logs.
 * A prober on the host's own network is added for it, with the right to capture and no other. What cannot be had is
 * unknown, with its reason.
 */
export async function gatherEvidence(scene: Scene): Promise<{ evidence: Evidence; looks: Record<string, HostLook> }> {
  const seen = Object.entries(scene.looks).flatMap(([host, { engine }]) => (engine.known ? [host] : []));
  scene.note(null, 'something failed: looking closer, with a prober on the network of each host');
  const vantages = seen.map((host): Vantage => ({ host, kind: 'host' }));
  // Looked at before anything is sent, while the probers start.
  const counted = Promise.all(seen.map(async (host) => [host, await countersOf(scene, host)] as const));
  await using watch = await startProbers({ ...scene, isFirst: false }, vantages);
  const before = new Map(await counted);
  const captures = watch.started.map((one) => capture(one, scene.dataPathPort));
  const sent = sendOneWay(scene.probers, bothWays(scene.peers));
  // What was sent must have been counted before the counters are read.
  const read = async (): Promise<Systems> => {
    await sent;
    return Promise.all(
      seen.map(async (host) => [host, since(before.get(host), await readSystem(scene, host))] as const),
    );
  };
  const [oneWay, underlay, beside, systems] = await Promise.all([
    sent,
    straight(scene, watch.started),
    besideDataPath(scene, watch.started),
    read(),
  ]);
  await watch.end();
  const captured = Object.fromEntries(await Promise.all(captures));
  const evidence = evidenceOf(oneWay, [...underlay, ...beside], systems, captured);
  return { evidence, looks: withFirewalls(scene.looks, systems) };
}

type Systems = readonly (readonly [string, Observed<SystemEvidence>])[];

const evidenceOf = (
  oneWay: OneWay[],
  underlay: CheckResult[],
  systems: Systems,
  captured: Evidence['captured'],
): Evidence => ({
  oneWay,
  underlay,
  captured,
  hosts: Object.fromEntries(
    systems.map(([host, system]) => [host, system.known ? known(system.value.evidence) : system]),
  ),
});

/** Read once more: rules count what they stopped, and what was sent since tells most. */
const withFirewalls = (looks: Scene['looks'], systems: Systems): Record<string, HostLook> => ({
  ...looks,
  ...Object.fromEntries(
    systems.flatMap(([host, system]) => {
      const look = looks[host];
      if (look === undefined || !system.known) return [];
      const { firewall, ipForward } = system.value;
      const seen = {
        firewall: firewall.known ? firewall : look.firewall,
        ipForward: ipForward.known ? ipForward : look.ipForward,
      };
      return [[host, { ...look, ...seen }]];
    }),
  ),
});

function readSystem({ hosts, at, isEncrypted }: Scene, host: string): Promise<Observed<SystemEvidence>> {
  const peers = at.filter((peer) => peer.host !== host).map(({ address }) => address);
  const ask = { peers, esp: isEncrypted, timeoutMs: scriptLimitMs };
  return within(hosts.evidence(host, ask), scriptLimitMs, `The system of ${host}`);
}

const countersOf = async ({ hosts }: Scene, host: string): Promise<Observed<Counters>> => {
  const read = await within(hosts.counters(host, scriptLimitMs), scriptLimitMs, `The system of ${host}`);
  return read.known ? read.value : read;
};

/** With counters that tell of the time between the two looks. */
function since(before: Observed<Counters> = unseen, system: Observed<SystemEvidence>): Observed<SystemEvidence> {
  if (!system.known) return system;
  const counters = countedSince(before, system.value.evidence.counters);
  return known({ ...system.value, evidence: { ...system.value.evidence, counters } });
}

const unseen = unknown('its counters were not read');

async function straight({ at }: Scene, started: readonly Started[]): Promise<CheckResult[]> {
  const patience = { settleMs: 0, away: new Map<string, string>() };
  const rounds = started.map((one) => runRound(one, underlayChecks(one.vantage.host, at), patience));
  return (await Promise.all(rounds)).flat();
}

/** To a port beside the data path, to tell what is closed from what is taken away on its own. */
const besideDataPath = ({ at, peers, dataPathPort, isLossy }: Scene, started: readonly Started[]) =>
  isLossy ? sendBeside(started, bothWays(peers), { at, port: controlPortFor(dataPathPort) }) : [];

async function capture(one: Started, port: number): Promise<[string, Observed<Captured[]>]> {
  const { host } = one.vantage;
  if (!('prober' in one)) return [host, unknown(one.fault.message, one.fault.code)];
  let output = '';
  try {
    await one.prober.exec(tcpdumpCommand(port), captureLimitMs, (text) => void (output += text));
  } catch (error) {
    return [host, unknownOf(error)];
  }
  return [host, parseCapture(output, port)];
}
