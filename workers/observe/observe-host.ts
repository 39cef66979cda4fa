import { AppError } from '#core/errors.ts';
import type { HostFacts, SystemFacts } from '#core/observation.ts';
import { known, type Observed, unknown } from '#core/observed.ts';
import type { Hosts } from '../hosts.ts';
import { containerFacts, engineFacts } from './facts.ts';
import { type ListedContainer, listContainers } from '../docker/containers.ts';
import type { EngineClient } from '../docker/engine.ts';
import { settledInfo } from '../docker/settled-info.ts';
import type { EngineInfo } from '../docker/system.ts';

/** What one host and its engine say now. A failure is an unknown fact with its reason, never an empty one. */
export async function observeHost(hosts: Hosts, host: string, peers: readonly string[]): Promise<Observed<HostFacts>> {
  try {
    return known(await lookAtHost(hosts, host, peers));
  } catch (error) {
    return unknownOf(error);
  }
}

/** The same for who needs the refusal itself, with what to do next. @throws AppError */
export async function lookAtHost(hosts: Hosts, host: string, peers: readonly string[]): Promise<HostFacts> {
  const engine = hosts.engine(host);
  const [{ info, containers }, system] = await Promise.all([askEngine(engine), observeSystem(hosts, host, peers)]);
  return { engine: engineFacts(info, engine.apiVersion()), containers: containerFacts(containers), system };
}

/** One call after the other: they share a channel, and opening a second one takes longer than the list of containers. */
async function askEngine(engine: EngineClient): Promise<{ info: EngineInfo; containers: ListedContainer[] }> {
  const info = await settledInfo(engine);
  return { info, containers: await listContainers(engine, { all: true }) };
}

async function observeSystem(hosts: Hosts, host: string, peers: readonly string[]): Promise<Observed<SystemFacts>> {
  try {
    return known(await hosts.system(host, peers));
  } catch (error) {
    return unknownOf(error);
  }
}

/** An expected refusal as an unknown fact; anything else is a bug and goes on. */
export function unknownOf(error: unknown): Observed<never> {
  if (error instanceof AppError) return unknown(error.message, error.code);
  throw error;
}
