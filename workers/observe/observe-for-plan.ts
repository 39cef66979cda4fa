import type { Observation } from '#core/observation.ts';
import type { Lease } from '#core/worker-wire.ts';
import type { Hosts } from '../hosts.ts';
import { lookUpDigests, lookUpTags, merged } from './look-up-images.ts';
import { observeCluster } from './observe-cluster.ts';
import { observeToTake } from './observe-standing.ts';

/**
 * What a plan is made from: the cluster, and beside it what tags of images mean that nothing was decided for, whether new
 * digests are in their registries, and what containers are that it would take over.
 */
export async function observeForPlan(hosts: Hosts, lease: Pick<Lease, 'cluster' | 'revision'>): Promise<Observation> {
  const { revision } = lease;
  const observed = observeCluster(hosts, lease);
  const [observation, tags, digests, toTake] = await Promise.all([
    observed,
    lookUpTags(hosts, revision),
    observed.then((seen) => lookUpDigests(hosts, revision, seen)),
    observed.then((seen) => observeToTake(hosts, seen.hosts, revision)),
  ]);
  return { ...observation, ...merged(tags, digests), ...toTake };
}
