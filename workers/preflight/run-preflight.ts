import { AppError, orRefusal } from '#core/errors.ts';
import type { Host } from '#core/host.ts';
import { known, type Observed, unknown } from '#core/observed.ts';
import { judgePreflight } from '#core/diagnosis/preflight.ts';
import { naturally } from '#core/natural-order.ts';
import type { Preflight } from '#core/preflight.ts';
import { type PreflightAddress, preflightAddress } from '#core/preflight/addresses.ts';
import type { PreflightEvidence } from '#core/preflight/evidence.ts';
import type { PreflightFacts } from '#core/preflight/facts.ts';
import { controlPortFor, gossipPort, managerPort, type UnderlayProbe } from '#core/preflight/probes.ts';
import type { PreflightWants } from '#core/preflight/wants.ts';
import { removeLeftProbers } from '../checks/probe-container.ts';
import { ensureProbeImage } from '../checks/probe-image.ts';
import type { Hosts } from '../hosts.ts';
import { unknownOf } from '../observe/observe-host.ts';
import type { ProbeListener } from '../probe/protocol.ts';
import { askUnderlay, type Target } from './ask-underlay.ts';
import { pairsToAsk } from './pairs-to-ask.ts';
import { lookAtEngine, lookAtSystem } from './look.ts';
import { openSession, type ProberSession } from './session.ts';

export interface PreflightInput {
  hosts: Hosts;
  /** Which of them it is about. */
  names: readonly string[];
  wants: PreflightWants;
  /** NodeIDs on record of the cluster that the hosts are of or shall be of; null when it is none. */
  ours: readonly string[] | null;
  /** Every ordered pair, also of many hosts. */
  full: boolean;
  operation: string;
  note: (host: string | null, text: string) => void;
}

interface Looked {
  host: Host;
  facts: PreflightFacts;
  /** Tag of the probe image on the host, or why it is not there. */
  image: string | AppError;
}

/**
 * Looks at all hosts at once, and lets each ask the others over the ports that a swarm needs. Changes nothing: what is
 * left on the hosts is the probe image, whatever happens, and what a killed run left is removed first.
 */
export async function runPreflight(asked: PreflightInput): Promise<Preflight> {
  const startedAt = new Date().toISOString();
  const started = performance.now();
  const hosts = asked.hosts.all
    .filter(({ name }) => asked.names.includes(name))
    .toSorted((a, b) => naturally(a.name, b.name));
  const looked = await Promise.all(hosts.map((host) => lookAt(asked, host)));
  const input = { ...asked, wants: withManagers(asked.wants, looked) };
  const sessions = new Map<string, ProberSession | AppError>();
  const names = looked.map(({ host }) => host.name);
  const members = looked.flatMap(({ host, facts }) => (memberOf(facts) === null ? [] : [host.name]));
  const { peers, sampled } = pairsToAsk(names, { members, full: input.full });
  try {
    await Promise.all(looked.map(async (one) => void sessions.set(one.host.name, await startOn(input, one))));
    const targets = looked.map((one) => targetOf(one, sessions.get(one.host.name), input.wants));
    const probes = await askUnderlay({ targets, peers, wants: input.wants });
    const evidence = await gather(input, { looked, targets, sessions, probes });
    return {
      startedAt,
      seconds: Math.round(performance.now() - started) / 1000,
      sampled,
      facts: Object.fromEntries(looked.map(({ host, facts }) => [host.name, facts])),
      ...judgePreflight(evidence, peers),
    };
  } finally {
    await Promise.all([...sessions.values()].map((session) => closeQuietly(input, session)));
  }
}

/**
 * Both sides of a host at once; neither failure hides the other. Facts first: a listener of ours must not be seen among
 * the ports in use. The image is loaded meanwhile, if the engine answers.
 */
async function lookAt({ hosts, wants, note }: PreflightInput, host: Host): Promise<Looked> {
  const { name } = host;
  const asked = lookAtEngine(hosts, name);
  const [engine, image, system] = await Promise.all([
    asked,
    asked.then((seen) => imageOn(hosts, name, seen, note)),
    lookAtSystem(hosts, name, { esp: wants.encrypted, engine: asked }),
  ]);
  return { host, facts: { engine, system }, image };
}

async function imageOn(
  hosts: Hosts,
  host: string,
  engine: PreflightFacts['engine'],
  note: PreflightInput['note'],
): Promise<string | AppError> {
  if (!engine.known) return new AppError('engine_unreachable', engine.reason, { host });
  const ensured = ensureProbeImage(hosts, host, (text) => note(host, text), engine.value.facts.arch);
  return orRefusal(Promise.all([ensured, removeLeftProbers(hosts.engine(host))]).then(([tag]) => tag));
}

async function startOn({ hosts, wants, operation }: PreflightInput, looked: Looked): Promise<ProberSession | AppError> {
  const { host, image } = looked;
  if (image instanceof AppError) return image;
  const listen = listenersOf(looked, wants);
  return orRefusal(
    openSession(hosts.engine(host.name), { host: host.name, image, operation, listen, esp: wants.encrypted }),
  );
}

/** On a node these ports belong to the engine, and the data path to the kernel as soon as there is an overlay. */
function listenersOf({ host, facts }: Looked, wants: PreflightWants): ProbeListener[] {
  const udp = [wants.dataPathPort, controlPortFor(wants.dataPathPort)];
  const tcp = wants.managers.includes(host.name) ? [managerPort] : [];
  if (memberOf(facts) === null) {
    tcp.push(gossipPort);
    udp.push(gossipPort);
  } else if (memberOf(facts)?.manager === true) tcp.length = 0;
  return [
    ...tcp.map((port) => ({ proto: 'tcp' as const, port })),
    ...udp.map((port) => ({ proto: 'udp' as const, port })),
  ];
}

function memberOf({ engine }: PreflightFacts): Target['member'] {
  if (!engine.known || engine.value.facts.swarm.state !== 'active') return null;
  return { manager: engine.value.facts.swarm.controlAvailable };
}

function targetOf(
  { host, facts }: Looked,
  session: ProberSession | AppError | undefined,
  wants: PreflightWants,
): Target {
  const address = preflightAddress(host, facts, wants);
  return {
    host: host.name,
    address: 'unknown' in address ? null : address,
    ssh: { address: host.address, port: host.port },
    session: session === undefined || session instanceof AppError ? null : session,
    member: memberOf(facts),
  };
}

/** Those that are managers already count as well, whatever was asked for. */
const withManagers = (wants: PreflightWants, looked: readonly Looked[]): PreflightWants => ({
  ...wants,
  managers: [
    ...new Set([
      ...wants.managers,
      ...looked.flatMap(({ host, facts }) => (memberOf(facts)?.manager === true ? [host.name] : [])),
    ]),
  ],
});

interface Gathered {
  looked: readonly Looked[];
  targets: readonly Target[];
  sessions: ReadonlyMap<string, ProberSession | AppError>;
  probes: readonly UnderlayProbe[];
}

async function gather({ hosts, wants, ours }: PreflightInput, seen: Gathered): Promise<PreflightEvidence> {
  const { looked, targets, sessions, probes } = seen;
  const suspects = new Set(probes.flatMap(({ result, from, to }) => (result === 'failed' ? [from, to] : [])));
  const reachable = looked.filter(({ host, facts }) => suspects.has(host.name) && facts.system.known);
  const firewalls = await Promise.all(
    reachable.map(async ({ host }) => [host.name, await readFirewall(hosts, host.name)] as const),
  );
  return {
    wants,
    hosts: looked.map(({ host: { name, address, port } }) => ({ name, address, port })),
    facts: Object.fromEntries(looked.map(({ host, facts }) => [host.name, facts])),
    ours,
    members: targets.flatMap(({ host, member }) => (member === null ? [] : [host])),
    addresses: Object.fromEntries(
      targets.flatMap(({ host, address }): [string, PreflightAddress][] => (address === null ? [] : [[host, address]])),
    ),
    probes,
    unprobed: Object.fromEntries(
      [...sessions].flatMap(([host, session]) =>
        session instanceof AppError ? [[host, { code: session.code, message: session.message }]] : [],
      ),
    ),
    firewalls: Object.fromEntries(firewalls),
  };
}

async function readFirewall(hosts: Hosts, host: string): Promise<Observed<string>> {
  try {
    const rules = await hosts.firewall(host);
    return rules === '' ? unknown('reading the rules of the firewall needs root and iptables-save') : known(rules);
  } catch (error) {
    return unknownOf(error);
  }
}

/** A host that went away cannot be cleaned now; its prober ends by itself, and the label lets the next run look. */
async function closeQuietly({ note }: PreflightInput, session: ProberSession | AppError): Promise<void> {
  if (session instanceof AppError) return;
  const fault = await orRefusal(session.close());
  if (fault instanceof AppError) note(session.host, `the probe container could not be removed: ${fault.message}`);
}
