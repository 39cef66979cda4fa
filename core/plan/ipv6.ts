import type { EngineFacts } from '../observation.ts';
import { type Part, part, problem, warning } from './part.ts';
import { isApiAtLeast } from './api-version.ts';
import { seenHosts, type World } from './world.ts';

/** Engine 27: its address management keeps the families apart, and the swarm's allocator does not ask for IPv6. */
const separateFamiliesApi = '1.46';

/**
 * What to expect of an IPv6 overlay that is to be made. Seen on engine 28.5: the network is never allocated and nothing
 * can attach. Seen on 20.10 and 26.1: it is, but each host gives IPv6 addresses by itself, so two may give the same.
 */
export function checkIpv6(world: World, network: string): Part {
  if (world.spec.networks[network]?.enable_ipv6 !== true) return part();
  const cannot = managersSeen(world).find(({ engine }) => isApiAtLeast(engine.apiVersion, separateFamiliesApi));
  if (cannot === undefined) return part({ warnings: [addressesMayClash(network)] });
  const { host, engine } = cannot;
  return part({
    problems: [
      problem('plan_refused', {
        id: 'ipv6-overlay',
        hosts: [host],
        message: `The network ${network} asks for \`enable_ipv6\`, but engine ${engine.version} on ${host} cannot allocate an IPv6 overlay in a swarm: nothing could attach to it.`,
        fix: `Take \`enable_ipv6\` and \`subnet6\` off ${network}.`,
      }),
    ],
  });
}

const addressesMayClash = (network: string) =>
  warning({
    id: 'ipv6-overlay',
    message: `Swarm gives the IPv6 addresses of the network ${network} on each host by itself: containers on different hosts may get the same one, and some may not start.`,
    fix: `Take \`enable_ipv6\` and \`subnet6\` off ${network}, unless it is for trying out.`,
  });

const managersSeen = (world: World): { host: string; engine: EngineFacts }[] =>
  [...seenHosts(world)]
    .filter(([host]) => world.spec.nodes[host]?.role === 'manager')
    .map(([host, { engine }]) => ({ host, engine }));
