import { asideOf } from '#core/engine/aside-names.ts';
import { AppError } from '#core/errors.ts';
import { didYouMean } from '#core/nearest.ts';
import { clusterLabel } from '#core/spec/names.ts';
import type { ListedContainer } from '../docker/containers.ts';
import type { Hosts } from '../hosts.ts';
import { isTask, nameOf } from '../observe/facts.ts';
import { containersOn } from './containers-on.ts';
import type { Found } from './service-sources.ts';

export interface WantedContainer {
  cluster: string;
  name: string;
  hosts: Pick<Hosts, 'engine'>;
  /** Those of the cluster. */
  names: readonly string[];
  /** Where the spec wants it; null where it has none of that name. */
  place: string | null;
  /** Ids of containers that are ours without our label. */
  taken?: ReadonlySet<string>;
}

/** A standalone container of ours, wherever it is, and what stands aside for it: one that did not run tells why. */
export async function containerSources(wanted: WantedContainer): Promise<Found> {
  const { place, names } = wanted;
  if (place === null || !names.includes(place)) return await lookOn(names, wanted);
  // Where it should be, it mostly is: then nobody waits for hosts that are away.
  const there = await lookOn([place], wanted).catch((error: unknown) => {
    if (error instanceof AppError) return null;
    throw error;
  });
  return there !== null && there.sources.length > 0 ? there : await lookOn(names, wanted);
}

/** @throws AppError `not_found`, `not_ours` where all of these hosts answer and none has it */
async function lookOn(names: readonly string[], wanted: WantedContainer): Promise<Found> {
  const { name, cluster, hosts, taken } = wanted;
  const seen = await Promise.all(names.map((host) => containersOn(hosts, host)));
  const found: Found = { sources: [], unseen: [], notes: [] };
  const others: string[] = [];
  let isForeign: string | null = null;
  for (const { host, containers } of seen) {
    if (!containers.known) {
      const { reason, code = 'engine_unreachable' } = containers;
      found.unseen.push({ type: 'unseen', name, host, task: null, reason, code });
      continue;
    }
    for (const one of containers.value.filter((one) => !isTask(one))) {
      const shown = nameOf(one);
      const isMeant = shown === name || asideOf(shown)?.container === name;
      if (!isOurs(one, cluster) && taken?.has(one.Id) !== true) isForeign = isMeant ? host : isForeign;
      else if (isMeant) found.sources.push({ name: shown, host, task: null, container: one.Id });
      else others.push(shown);
    }
  }
  if (found.sources.length === 0 && found.unseen.length === 0) throw notFound(wanted, others, isForeign);
  return withoutNoise(found, wanted);
}

const isOurs = ({ Labels: labels }: ListedContainer, cluster: string): boolean => labels[clusterLabel] === cluster;

/** Where it was found, a host that is silent and should not have it is no news. */
const withoutNoise = (found: Found, { place }: WantedContainer): Found =>
  found.sources.length === 0 ? found : { ...found, unseen: found.unseen.filter(({ host }) => host === place) };

function notFound({ cluster, name }: WantedContainer, others: readonly string[], isForeign: string | null): AppError {
  const done = 'Nothing was changed.';
  if (isForeign !== null)
    return new AppError('not_ours', `The container ${name} on ${isForeign} was not made by Flotilla for ${cluster}.`, {
      done,
      next: `\`docker logs ${name}\` on ${isForeign} shows what it printed.`,
    });
  return new AppError('not_found', `No host of ${cluster} has a container ${name}${didYouMean(name, others)}`, {
    done,
    next: `Standalone containers there: ${others.join(', ') || 'none'}. For a service: \`flotilla service logs ${name} --cluster ${cluster}\`.`,
  });
}
