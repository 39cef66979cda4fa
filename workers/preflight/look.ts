import { known, type Observed, unknown } from '#core/observed.ts';
import type { EngineSide, PreflightFacts } from '#core/preflight/facts.ts';
import type { EngineClient } from '../docker/engine.ts';
import { listNetworks } from '../docker/networks.ts';
import { type EngineInfo, engineInfo } from '../docker/system.ts';
import type { Hosts } from '../hosts.ts';
import { engineFacts } from '../observe/facts.ts';
import { unknownOf } from '../observe/observe-host.ts';

/** An engine that has not answered by then is not one to form a swarm with now. */
const engineLimitMs = 8000;
/** By then a silent engine was told from a silent host; what takes longer stalls below both, in SSH itself. */
const hostLimitMs = 12_500;

/** What the engine of a host says of itself, over its API. */
export async function lookAtEngine(hosts: Hosts, host: string): Promise<PreflightFacts['engine']> {
  const { promise: tooLong, resolve } = Promise.withResolvers<PreflightFacts['engine']>();
  const reason = `${host} did not let us ask its engine within ${hostLimitMs / 1000} s`;
  const timer = setTimeout(() => resolve(unknown(reason, 'host_unreachable')), hostLimitMs);
  try {
    return await Promise.race([orUnknown(() => engineSide(hosts.engine(host))), tooLong]);
  } finally {
    clearTimeout(timer);
  }
}

/** What its system says, over SSH. Who asks the engine may find out first that the host cannot be reached at all. */
export function lookAtSystem(
  hosts: Hosts,
  host: string,
  { esp, engine }: { esp: boolean; engine: Promise<PreflightFacts['engine']> },
): Promise<PreflightFacts['system']> {
  const { promise: lost, resolve } = Promise.withResolvers<PreflightFacts['system']>();
  void engine.then((seen) => {
    if (!seen.known && seen.code === 'host_unreachable') resolve(seen);
  });
  return Promise.race([orUnknown(() => hosts.battery(host, { esp })), lost]);
}

async function orUnknown<T>(look: () => Promise<T>): Promise<Observed<T>> {
  try {
    return known(await look());
  } catch (error) {
    return unknownOf(error);
  }
}

async function engineSide(engine: EngineClient): Promise<EngineSide> {
  const info = await engineInfo(engine, { timeoutMs: engineLimitMs });
  const networks = await listNetworks(engine, {}, { timeoutMs: engineLimitMs });
  return {
    facts: engineFacts(info, engine.apiVersion()),
    forwards: await engine.forwards(),
    rootDir: info.DockerRootDir,
    firewall: firewallOf(info),
    bridges: networks
      .filter((network) => network.Scope === 'local')
      .map((network) => ({
        name: network.Name,
        subnets: network.IPAM.Config.flatMap((config) => config.Subnet ?? []),
      }))
      .filter(({ subnets }) => subnets.length > 0),
    localPools: known((info.DefaultAddressPools ?? []).map(({ Base }) => Base)),
  };
}

const firewallOf = ({ FirewallBackend }: EngineInfo): Observed<string> =>
  FirewallBackend === null || FirewallBackend === undefined
    ? unknown('engines before 28.2 do not say; theirs is always iptables')
    : known(FirewallBackend.Driver);
