import type { Observation } from '#core/observation.ts';
import type { Lease } from '#core/worker-wire.ts';
import type { Hosts } from '../hosts.ts';
import { lookUpImages } from './look-up-images.ts';
import { observeCluster } from './observe-cluster.ts';
import { observeToTake } from './observe-standing.ts';

/**
 * What a plan is made from: the cluster, and beside it what tags of images mean that nothing was decided for, and what
 * containers are that it would take over.
 */
export async function observeForPlan(hosts: Hosts, lease: Pick<Lease, 'cluster' | 'revision'>): Promise<Observation> {
  const [observation, looked] = await Promise.all([observeCluster(hosts, lease), lookUpImages(hosts, lease.revision)]);
  return { ...observation, ...looked, ...(await observeToTake(hosts, observation.hosts, lease.revision)) };
}
