import type { ContainerFacts, HostFacts, Observation, StandingFacts } from '#core/observation.ts';
import { known, type Observed } from '#core/observed.ts';
import { containersToTake } from '#core/plan/taken.ts';
import type { Lease } from '#core/worker-wire.ts';
import { probeLabel } from '../checks/probe-label.ts';
import { inspectStanding } from '../docker/standing.ts';
import type { EngineClient } from '../docker/engine.ts';
import { inspectImage } from '../docker/images.ts';
import { orNullOn404 } from '../docker/refusal.ts';
import type { Hosts } from '../hosts.ts';
import { unknownOf } from './observe-host.ts';

type HostsSeen = Readonly<Record<string, Observed<HostFacts>>>;

type Which = (container: ContainerFacts) => boolean;

/** What each standalone container was asked to be, on every host that is in a swarm and answers. */
export async function observeStanding(
  hosts: Hosts,
  seen: HostsSeen,
  which: Which = ({ labels }) => !(probeLabel in labels),
): Promise<Observation['standing']> {
  const entries = await Promise.all(
    Object.entries(seen).flatMap(([host, facts]) =>
      facts.known && facts.value.engine.swarm.nodeId === null
        ? []
        : [
            Promise.resolve(facts.known ? standingOn(hosts, host, facts.value.containers.filter(which)) : facts).then(
              (on) => [host, on] as const,
            ),
          ],
    ),
  );
  return Object.fromEntries(entries);
}

/** The same of containers that a revision is to take over; left out where there are none. */
export async function observeToTake(
  hosts: Hosts,
  seen: HostsSeen,
  revision: Lease['revision'],
): Promise<Pick<Observation, 'standing'>> {
  const ids = revision === null ? new Set<string>() : containersToTake(revision, seen);
  return ids.size === 0 ? {} : { standing: await observeStanding(hosts, seen, ({ id }) => ids.has(id)) };
}

async function standingOn(
  hosts: Hosts,
  host: string,
  containers: readonly ContainerFacts[],
): Promise<Observed<StandingFacts[]>> {
  try {
    const engine = hosts.engine(host);
    const facts: StandingFacts[] = [];
    // One after the other: they share a channel, and a host may have many.
    for (const { id, name } of containers) facts.push(...(await standing(engine, id, name)));
    return known(facts);
  } catch (error) {
    return unknownOf(error);
  }
}

/** None of one that went meanwhile. An image that is there no more takes nothing away: then all of it was asked for. */
async function standing(engine: EngineClient, id: string, name: string): Promise<StandingFacts[]> {
  const one = await orNullOn404(inspectStanding(engine, id));
  if (one === null) return [];
  const image = await orNullOn404(inspectImage(engine, one.Image));
  const networks = Object.entries(one.NetworkSettings.Networks).map(([name, { Aliases }]) => [name, Aliases] as const);
  return [
    {
      id,
      name,
      config: one.Config,
      hostConfig: one.HostConfig,
      mounts: one.Mounts,
      networks: Object.fromEntries(networks),
      image: image?.Config ?? {},
    },
  ];
}
