import type { SpecInput } from '#core/spec/spec.ts';
import type { FaultCase, Site } from './types.ts';

/** The spec of the stage, with an address that one node shall tell the others. */
const advertising = ({ spec, bad }: Site, address: string): SpecInput => ({
  ...spec,
  nodes: { ...spec.nodes, [bad.name]: { ...spec.nodes[bad.name], advertise_addr: address } },
});

const farAddress = ({ lab, bad }: Site): string => `10.78.255.${lab.hosts.indexOf(bad) + 1}`;

/** Addresses that are told and not reached, that packets come from, and that two things want. */
export const addressCases: FaultCase[] = [
  {
    name: 'other-source',
    stage: 'formed',
    by: 'verify',
    async inject({ bad }) {
      await bad.fault('other-source');
      return { id: 'source-address-differs', hosts: [bad.name] };
    },
  },
  {
    name: 'pre-other-source',
    stage: 'bare',
    by: 'preflight',
    asks: (site) => advertising(site, site.bad.address),
    async inject({ bad }) {
      await bad.fault('other-source');
      return { id: 'source-address-differs', hosts: [bad.name] };
    },
  },
  {
    name: 'wrong-advertise',
    stage: 'formed',
    by: 'verify',
    on: 'worker',
    async inject({ bad, manager }) {
      await bad.fault('wrong-advertise', { peer: manager.name });
      return { id: 'advertise-address-unreachable', hosts: [bad.name] };
    },
  },
  {
    name: 'pre-wrong-advertise',
    stage: 'bare',
    by: 'preflight',
    asks: (site) => advertising(site, farAddress(site)),
    async inject({ bad }) {
      await bad.fault('second-nic');
      return { id: 'advertise-address-unreachable', hosts: [bad.name] };
    },
  },
  {
    name: 'pre-subnet-route',
    stage: 'bare',
    by: 'preflight',
    async inject({ bad }) {
      await bad.fault('route', { cidr: '10.200.1.0/24' });
      return { id: 'subnet-overlaps-route', hosts: [bad.name] };
    },
  },
  {
    name: 'pre-pool-route',
    stage: 'bare',
    by: 'preflight',
    async inject({ bad }) {
      await bad.fault('route', { cidr: '10.200.77.0/24' });
      return { id: 'pool-overlaps-route', hosts: [bad.name] };
    },
  },
  {
    name: 'pre-way-in',
    stage: 'bare',
    by: 'preflight',
    async inject({ bad }) {
      await bad.fault('way-in-taken');
      await endSessions(bad);
      return { id: 'gwbridge-overlaps-route', hosts: [bad.name] };
    },
    // A session from the address that goes would hang.
    heal: ({ bad }) => endSessions(bad),
  },
];

/** Sessions of before a fault would go on: the next look at the host has to come in anew. */
export async function endSessions(host: Site['bad']): Promise<void> {
  // From OpenSSH 9.8 on a session is a program of its own.
  await host.exec(['pkill', '-f', '^sshd(-session)?: (root|ops|admin|guest)']);
}
