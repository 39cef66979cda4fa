import type { ObservedService } from '../engine/observed-service.ts';
import { nameList } from '../name-list.ts';
import type { ResolvedEndpoint } from '../engine/service-spec.ts';
import type { Decision } from '../plan.ts';
import type { Port } from '../spec/ports.ts';
import type { ServiceSpec } from '../spec/service.ts';
import { endpointModePath, fixedDecision, needsMesh, portModePath } from './decisions.ts';
import { type Part, part, type Problem, problem } from './part.ts';
import { type IpVs, ipVsOf, ipVsWarning } from './ip-vs.ts';
import type { World } from './world.ts';

/** How a service is reached, with what was decided for it. `endpoint` is null when there is a problem. */
export interface Endpoint extends Part {
  endpoint: ResolvedEndpoint | null;
}

interface Subject {
  world: World;
  name: string;
  spec: ServiceSpec;
  /** The service as it runs, when it does. */
  existing: ObservedService | undefined;
}

/**
 * Virtual IP or DNS round robin, and ingress or host-mode ports. What is written wins, then what was fixed earlier,
 * then what a running service has; only a new service is decided from the kernels of the nodes.
 */
export function resolveEndpoint(subject: Subject): Endpoint {
  const mode = resolveMode(subject);
  const { value } = mode;
  if (value === null) return { ...mode, endpoint: null };
  const ports = subject.spec.ports.map((port) => resolvePort(subject, value, port));
  const problems = ports.flatMap((port) => port.problems);
  const resolved = ports.flatMap(({ port }) => port ?? []);
  return {
    steps: [],
    decisions: [...mode.decisions, ...ports.flatMap((port) => port.decisions)],
    warnings: value === 'vip' ? ipVsWarning(subject.world, subject.name) : [],
    problems: [...mode.problems, ...problems],
    endpoint: problems.length > 0 ? null : { mode: value, ports: resolved },
  };
}

type Mode = 'vip' | 'dnsrr';
interface ResolvedMode extends Part {
  value: Mode | null;
}

const asMode = (text: unknown): Mode | undefined => (text === 'vip' || text === 'dnsrr' ? text : undefined);

function resolveMode({ world, name, spec, existing }: Subject): ResolvedMode {
  const path = endpointModePath(name);
  const written = asMode(spec.deploy.endpoint_mode);
  if (written !== undefined) return { ...part(), value: written };
  // Written ingress ports leave no choice, whatever was fixed earlier: the routing mesh needs a virtual IP.
  if (needsMesh(spec)) return decidedMode(path, 'vip', 'a port is published with mode: ingress');
  const fixed = asMode(fixedDecision(world, path)?.value);
  if (fixed !== undefined) return { ...part(), value: fixed };
  const running = asMode(existing?.EndpointSpec.Mode);
  if (running !== undefined) return decidedMode(path, running, 'what the service runs with');
  const ipVs = ipVsOf(world);
  if (ipVs.kind === 'unknown') return { ...part({ problems: ipVs.problems }), value: null };
  if (ipVs.kind === 'everywhere') return decidedMode(path, 'vip', 'the kernel of every node has ip_vs');
  const ports = spec.ports.length === 0 ? '' : '; ports are published on each host that runs a task';
  return decidedMode(path, 'dnsrr', `${missingReason(ipVs)}${ports}`);
}

function decidedMode(path: string, value: Mode, reason: string): ResolvedMode {
  const decision: Decision = { path, value, reason };
  return { ...part({ decisions: [decision] }), value };
}

const missingReason = ({ hosts }: Extract<IpVs, { kind: 'missing' }>): string =>
  `the kernel of ${nameList(hosts)} has no ip_vs, so virtual IPs do not work there`;

interface ResolvedPort extends Part {
  port: ResolvedEndpoint['ports'][number] | null;
}

function resolvePort({ world, name, spec, existing }: Subject, endpointMode: Mode, port: Port): ResolvedPort {
  const as = (mode: 'ingress' | 'host', decisions: Decision[] = []): ResolvedPort => ({
    ...part({ decisions }),
    port: { ...port, mode },
  });
  if (port.mode === 'host' || endpointMode === 'dnsrr') return as('host');
  const ipVs = ipVsOf(world);
  const running = existing?.EndpointSpec.Ports.find(
    (now) => now.PublishedPort === port.published && now.Protocol === port.protocol,
  )?.PublishMode;
  if (port.mode === 'ingress')
    return running === 'ingress' || ipVs.kind !== 'missing' ? as('ingress') : cannotMesh(name, port, ipVs);
  // `auto` that became vip did so because the routing mesh works.
  if (spec.deploy.endpoint_mode === 'auto') return as('ingress');
  const path = portModePath(name, port.published);
  const fixed = fixedDecision(world, path)?.value ?? running;
  if (fixed === 'ingress' || fixed === 'host') {
    return as(fixed, [{ path, value: fixed, reason: 'what the service runs with' }]);
  }
  if (ipVs.kind === 'unknown') return { ...part({ problems: ipVs.problems }), port: null };
  return ipVs.kind === 'everywhere'
    ? as('ingress', [{ path, value: 'ingress', reason: 'the kernel of every node has ip_vs' }])
    : as('host', [{ path, value: 'host', reason: missingReason(ipVs) }]);
}

function cannotMesh(name: string, port: Port, { hosts }: Extract<IpVs, { kind: 'missing' }>): ResolvedPort {
  const refused: Problem = problem('plan_refused', {
    id: 'ingress-without-ip-vs',
    hosts: [...hosts],
    message: `The service ${name} publishes port ${port.published} with mode: ingress, but the kernel of ${nameList(hosts)} has no ip_vs and cannot carry the routing mesh.`,
    fix: `Write \`mode: host\` for port ${port.published}, or leave the mode out, or load ip_vs on ${nameList(hosts)}.`,
  });
  return { ...part({ problems: [refused] }), port: null };
}
