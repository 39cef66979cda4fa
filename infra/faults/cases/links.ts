import type { FaultName, FaultOptions } from '#lab/faults/types.ts';
import type { CauseId } from '#core/causes/catalogue.ts';
import type { FaultCase } from './types.ts';

const linkFaults: { name: FaultName; options?: FaultOptions; id: CauseId }[] = [
  { name: 'mtu', options: { size: 1400 }, id: 'mtu-too-small' },
  { name: 'mtu-blackhole', options: { size: 1400 }, id: 'mtu-black-hole' },
  { name: 'link-down', id: 'host-cut-off' },
];

/** The host takes in what comes for a network, and no container gets it. */
const bridgeDown: FaultCase = {
  name: 'bridge-down',
  stage: 'formed',
  by: 'verify',
  async inject({ bad }) {
    await bad.fault('bridge-down', { network: 'net' });
    return { id: 'lost-inside-host', hosts: [bad.name] };
  },
};

/** Links that carry less than they should, or nothing. */
export const linkCases: FaultCase[] = [
  bridgeDown,
  ...linkFaults.flatMap(({ name, options, id }) =>
    (['verify', 'preflight'] as const).map((by): FaultCase => ({
      name: by === 'verify' ? name : `pre-${name}`,
      stage: by === 'verify' ? 'formed' : 'bare',
      by,
      async inject({ bad }) {
        await bad.fault(name, options);
        return { id, hosts: [bad.name] };
      },
      /** What was learned of a path that was too small is kept for minutes; a host that starts anew has forgotten it. */
      async heal({ lab }) {
        await Promise.all(lab.hosts.map((host) => host.heal()));
        await Promise.all(lab.hosts.map((host) => host.exec(['ip', 'route', 'flush', 'cache'])));
      },
    })),
  ),
];
