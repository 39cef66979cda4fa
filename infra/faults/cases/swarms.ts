import type { Site, FaultCase } from './types.ts';
import { formByHand, leaveInAHurry } from '../dead-gossip.ts';
import { docker } from '../docker.ts';
import { putBack } from './put-back.ts';

/** What happens to the swarm itself: its managers, its identity, its gossip. */
export const swarmCases: FaultCase[] = [
  {
    name: 'cloned-swarm',
    stage: 'formed',
    by: 'verify',
    on: 'worker',
    async inject({ bad, other }) {
      await bad.fault('cloned-swarm', { peer: other.name });
      // Which of the two is the copy cannot be told from outside: both say the same.
      return { id: 'cloned-swarm-state', hosts: [bad.name, other.name] };
    },
  },
  {
    name: 'locked-manager',
    stage: 'formed',
    by: 'verify',
    on: 'manager',
    async inject({ bad }) {
      await bad.fault('locked-manager');
      return { id: 'manager-locked', hosts: [bad.name] };
    },
    async heal(site) {
      await site.bad.heal('locked-manager');
      await putBack(site);
    },
  },
  {
    name: 'quorum-lost',
    stage: 'three-managers',
    by: 'verify',
    spoils: true,
    /** Two of three managers leave without being demoted first: the third cannot elect a leader any more. */
    async inject({ lab }) {
      const gone = lab.hosts.slice(1, 3);
      for (const host of gone) await docker(host, ['swarm', 'leave', '--force']);
      return { id: 'quorum-lost', hosts: gone.map(({ name }) => name) };
    },
  },
  {
    name: 'pre-gossip-port-held',
    stage: 'bare',
    below: 28,
    by: 'preflight',
    async inject({ lab }) {
      return { id: 'gossip-port-held', hosts: await leaveInAHurry(lab) };
    },
    heal: async ({ lab }) => {
      await restartEngines(lab);
      await withoutGwbridge(lab);
    },
  },
  {
    name: 'dead-gossip',
    stage: 'bare',
    below: 28,
    by: 'verify',
    spoils: true,
    async inject({ lab, plane, spec }) {
      const stale = await leaveInAHurry(lab);
      await formByHand(lab, spec.cluster, spec.swarm?.address_pools);
      await plane.apply(spec, { mayFail: true, unseen: true });
      return { id: 'gossip-dead', hosts: stale };
    },
  },
];

/** A host that has left a swarm keeps docker_gwbridge, which would be a finding of its own beside a later fault. */
const withoutGwbridge = async (lab: Site['lab']): Promise<void> => {
  await Promise.all(lab.hosts.map((host) => docker(host, ['network', 'rm', 'docker_gwbridge'])));
};

const restartEngines = async (lab: Site['lab']): Promise<void> => {
  await Promise.all(lab.hosts.map((host) => host.restartEngine()));
};
