import { encryptedOption, mtuOption } from '../engine/network-body.ts';
import type { NetworkFacts } from '../observation.ts';
import type { EngineJson } from '../step.ts';
import { userLabels } from '../plan/node-labels.ts';
import { said, saidByName } from './said.ts';

/** What an overlay network has by itself, and what a spec has keys for. */
const known = [encryptedOption, mtuOption, 'com.docker.network.driver.overlay.vxlanid_list'];

/** A network as a spec says it, and what of it cannot be said. Its MTU is decided by what it has. */
export function draftNetwork(now: NetworkFacts): { network: EngineJson; untold: string[] } {
  const [first, ...more] = now.subnets.filter(({ subnet }) => !subnet.includes(':'));
  const [ipv6, ...more6] = now.subnets.filter(({ subnet }) => subnet.includes(':'));
  const mtu = Number(now.options[mtuOption] ?? '');
  return {
    network: {
      ...said('attachable', now.attachable),
      ...said('encrypted', encryptedOption in now.options),
      ...said('internal', now.internal),
      ...said('enable_ipv6', now.enableIpv6),
      ...said('subnet', first?.subnet),
      ...said('ip_range', first?.ipRange),
      ...(first === undefined || first.gateway === null || first.gateway === firstAddress(first.subnet)
        ? {}
        : { gateway: first.gateway }),
      ...said('subnet6', ipv6?.subnet),
      ...(Number.isInteger(mtu) && mtu > 0 ? { mtu } : {}),
      ...saidByName('labels', userLabels(now.labels)),
    },
    untold: [
      ...Object.keys(now.options).filter((name) => !known.includes(name)),
      ...[...more, ...more6].map(({ subnet }) => `subnet ${subnet}`),
    ],
  };
}

/** `10.0.1.1` of `10.0.1.0/24`: what every engine chooses where nobody says another one. */
function firstAddress(subnet: string): string | null {
  const last = /^(\d+\.\d+\.\d+)\.(\d+)\/\d+$/.exec(subnet);
  return last === null ? null : `${last[1]}.${Number(last[2]) + 1}`;
}
