import type { LabHost } from '#lab/types.ts';
import type { FaultName, FaultOptions } from '#lab/faults/types.ts';
import type { CauseId } from '#core/causes/catalogue.ts';
import type { Expected } from '../judge.ts';
import type { FaultCase, Site } from './types.ts';

interface PortFault {
  name: string;
  fault: FaultName;
  options?: FaultOptions;
  /** Drops only what comes from the other host. */
  fromOther?: boolean;
  id: CauseId;
  on?: FaultCase['on'];
}

/** `*` is every other host: what is dropped at one end of all ways to or from a host has no other end. */
const portFaults: PortFault[] = [
  { name: 'vxlan', fault: 'vxlan', id: 'data-port-blocked' },
  { name: 'vxlan-in', fault: 'vxlan', options: { direction: 'in' }, id: 'data-port-blocked' },
  { name: 'vxlan-out', fault: 'vxlan', options: { direction: 'out' }, id: 'data-port-blocked' },
  { name: 'vxlan-from-one', fault: 'vxlan', options: { direction: 'in' }, fromOther: true, id: 'data-port-blocked' },
  { name: 'vxlan-rejected', fault: 'vxlan', options: { reject: true }, id: 'data-port-blocked' },
  { name: 'gossip-udp', fault: 'gossip-udp', id: 'gossip-udp-blocked' },
  { name: 'gossip-tcp', fault: 'gossip-tcp', id: 'gossip-tcp-blocked' },
  { name: 'gossip', fault: 'gossip', id: 'gossip-blocked' },
  // Workers call managers, so what a manager is called on is dropped on its way in.
  {
    name: 'manager-port',
    fault: 'manager-port',
    options: { direction: 'in' },
    id: 'manager-port-blocked',
    on: 'manager',
  },
];

const rejected: PortFault[] = [
  { name: 'gossip-rejected', fault: 'gossip', options: { reject: true }, id: 'gossip-blocked' },
  {
    name: 'manager-port-rejected',
    fault: 'manager-port',
    options: { direction: 'in', reject: true },
    id: 'manager-port-blocked',
    on: 'manager',
  },
];

function expectedOf({ id, options, fromOther, on }: PortFault, bad: LabHost, other: LabHost): Expected {
  const direction = options?.direction;
  // The port of a manager is called from one side only: there is no other direction to tell it from.
  if (direction === undefined || on === 'manager') return { id, hosts: [bad.name] };
  const far = fromOther === true ? other.name : '*';
  const way = direction === 'in' ? { from: far, to: bad.name } : { from: bad.name, to: far };
  return { id, hosts: [bad.name], direction: way };
}

const caseOf = (about: PortFault, where: Pick<FaultCase, 'name' | 'stage' | 'by'>): FaultCase => ({
  ...where,
  ...(about.on === undefined ? {} : { on: about.on }),
  async inject({ bad, other }) {
    await bad.fault(about.fault, { ...about.options, ...(about.fromOther === true ? { peer: other.name } : {}) });
    return expectedOf(about, bad, other);
  },
});

/** On all hosts at once: the swarm uses another port than the one that was opened. */
const otherPort = async ({ lab, all }: Site): Promise<Expected> => {
  await Promise.all(lab.hosts.map((host) => host.fault('port', { port: 'udp/7789' })));
  return { id: 'data-port-blocked', hosts: all };
};

/** Blocked ports, before a swarm is formed and while one runs. */
export const portCases: FaultCase[] = [
  ...portFaults.map((about) => caseOf(about, { name: about.name, stage: 'formed', by: 'verify' })),
  ...[...portFaults, ...rejected].map((about) =>
    caseOf(about, { name: `pre-${about.name}`, stage: 'bare', by: 'preflight' }),
  ),
  { name: 'other-port', stage: 'other-port', by: 'verify', inject: otherPort },
  {
    name: 'pre-other-port',
    stage: 'bare',
    by: 'preflight',
    asks: ({ spec }) => ({ ...spec, swarm: { ...spec.swarm, data_path_port: 7789 } }),
    inject: otherPort,
  },
  ...(['verify', 'preflight'] as const).map((by): FaultCase => ({
    name: by === 'verify' ? 'eaten' : 'pre-eaten',
    stage: by === 'verify' ? 'formed' : 'bare',
    by,
    async inject({ bad }) {
      await bad.fault('port-eaten');
      return { id: 'data-port-eaten', hosts: [bad.name] };
    },
  })),
];
