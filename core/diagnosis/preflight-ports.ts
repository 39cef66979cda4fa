import { findingOf } from '../causes/finding-of.ts';
import type { Finding } from '../finding.ts';
import type { PreflightEvidence } from '../preflight/evidence.ts';
import type { HeldPort, SystemSide } from '../preflight/facts.ts';
import { gossipPort, managerPort } from '../preflight/probes.ts';

/** Ports that the swarm or the spec needs and somebody else has. */
export function portFindings(evidence: PreflightEvidence): Finding[] {
  const found = evidence.hosts.flatMap(({ name }) => {
    const system = evidence.facts[name]?.system;
    if (system?.known !== true) return [];
    const isMember = evidence.members.includes(name);
    const ports = system.value.ports.known ? system.value.ports.value : [];
    return [
      ...(isMember ? [] : swarmPorts(evidence, name, ports)),
      ...vxlanFindings(evidence, name, system.value, isMember),
      ...publishedPorts(evidence, name, ports),
    ];
  });
  const held = found.filter(({ id }) => id === 'gossip-port-held');
  return [...inOne(held), ...found.filter((finding) => !held.includes(finding))];
}

/** What one hurried leave has done to several hosts is one fault. */
function inOne(findings: readonly Finding[]): Finding[] {
  if (findings.length < 2) return [...findings];
  const hosts = findings.flatMap((finding) => finding.hosts);
  return [findingOf('gossip-port-held', { hosts, evidence: findings.flatMap(({ evidence }) => evidence) })];
}

const lineOf = (host: string, { proto, port, program }: HeldPort): string =>
  `${host}: ${proto.toUpperCase()} ${port} has a listener${program === null ? '' : ` (${program})`}`;

/** On a host that is in no swarm these have to be free; an engine that holds gossip kept it from an earlier swarm. */
function swarmPorts({ wants, facts }: PreflightEvidence, host: string, ports: readonly HeldPort[]): Finding[] {
  const taken = (wanted: number, protos: readonly string[]): HeldPort[] =>
    ports.filter(({ port, proto }) => port === wanted && protos.includes(proto));
  const told = (held: readonly HeldPort[]) => ({
    hosts: [host],
    evidence: [...new Set(held.map((one) => lineOf(host, one)))],
  });
  const gossip = taken(gossipPort, ['tcp', 'udp']);
  const manager = wants.managers.includes(host) ? taken(managerPort, ['tcp']) : [];
  const data = taken(wants.dataPathPort, ['udp']);
  const engine = facts[host]?.engine;
  const isEngines =
    gossip.some(({ program }) => program === 'dockerd') ||
    (engine?.known === true && gossip.length > 1 && gossip.every(({ program }) => program === null));
  // An overlay of the swarm that the engine has not quite left: its device is in a namespace of its own, and no program's.
  const isLeft = isEngines && gossip.length > 0 && data.every(({ program }) => program === null);
  const cause = isLeft ? { consequenceOf: 'gossip-port-held' as const } : {};
  return [
    ...(gossip.length === 0 ? [] : [findingOf(isEngines ? 'gossip-port-held' : 'port-7946-taken', told(gossip))]),
    ...(manager.length === 0 ? [] : [findingOf('port-2377-taken', told(manager))]),
    ...(data.length === 0 || hasVxlan(facts[host]?.system, wants.dataPathPort)
      ? []
      : [
          findingOf('data-port-taken', {
            ...told(data),
            ...cause,
            ...doubtful(host, data),
            values: { port: String(wants.dataPathPort) },
          }),
        ]),
  ];
}

/**
 * Held by nobody who is seen: by a device in a namespace of its own, as engines that leave right after they were demoted
 * keep one of their ingress. They take it away themselves when they join again.
 */
const doubtful = (host: string, held: readonly HeldPort[]) =>
  held.some(({ program }) => program !== null)
    ? {}
    : {
        message: `UDP ${held[0]?.port ?? '?'} of ${host} is taken by no program that is seen: perhaps by what its engine kept of a swarm that it left.`,
        severity: 'warning' as const,
        confidence: 'possible' as const,
      };

const hasVxlan = (system: PreflightEvidence['facts'][string]['system'] | undefined, port: number): boolean =>
  system?.known === true &&
  system.value.links.known &&
  system.value.links.value.some(({ vxlan }) => vxlan?.port === port);

/** A device with the data path's port in the host's own namespace; those of healthy overlays are never there. */
function vxlanFindings(
  { wants }: PreflightEvidence,
  host: string,
  { links }: SystemSide,
  isMember: boolean,
): Finding[] {
  const found = links.known ? links.value.filter(({ vxlan }) => vxlan?.port === wants.dataPathPort) : [];
  if (found.length === 0) return [];
  const evidence = found.map(
    ({ iface, vxlan }) =>
      `${host}: ${iface} is a VXLAN device with id ${vxlan?.id ?? '?'} on UDP ${wants.dataPathPort}`,
  );
  const isOurs = found.every(({ iface }) => iface.startsWith('vx-'));
  const id = isOurs || isMember ? 'orphaned-vxlan' : 'data-port-taken';
  return [
    findingOf(id, {
      hosts: [host],
      evidence,
      values: { port: String(wants.dataPathPort), device: found[0]?.iface ?? '' },
    }),
  ];
}

/** What is published must be free, but for what the engine itself publishes: that may be the very service. */
function publishedPorts({ wants }: PreflightEvidence, host: string, ports: readonly HeldPort[]): Finding[] {
  return wants.ports.flatMap(({ of, port, proto, hosts }) => {
    const first = ports.find(
      (one) => one.port === port && one.proto === proto && !/^(dockerd|docker-proxy)$/.test(one.program ?? ''),
    );
    if (first === undefined || !hosts.includes(host)) return [];
    const message = `${proto.toUpperCase()} ${port} of ${host}, which ${of} is to publish, is taken${first.program === null ? '' : ` by ${first.program}`}.`;
    // Without a name it may be the engine's own, on behalf of the service that runs already.
    const confidence = first.program === null ? 'possible' : 'certain';
    const severity = first.program === null ? 'warning' : 'error';
    return [
      findingOf('port-taken', {
        message,
        severity,
        hosts: [host],
        evidence: [lineOf(host, first)],
        confidence,
        values: { port: String(port) },
      }),
    ];
  });
}
