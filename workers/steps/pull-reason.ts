import { AppError } from '#core/errors.ts';
import { serviceImage } from '#core/engine/service-spec.ts';
import { withStop } from '#core/sentence.ts';
import type { EngineJson } from '#core/step.ts';
import { registryDigest } from '../docker/distribution.ts';
import { EngineRefusal } from '../docker/refusal.ts';
import type { Hosts } from '../hosts.ts';

/** What a host that could not pull an image says of the registry itself. */
export interface PullReason {
  /** A sentence. */
  text: string;
  /** The registry answers it now: nothing is wrong with the name, and a retry may do. */
  isReached: boolean;
}

/** Docker gives up a registry that does not answer after 15 s. With the longest waits for a service it fits into a step. */
const limitMs = 25_000;

/**
 * Asks the engine on a host for the image of a service, as a pull would. A swarm says "No such image" of every pull that
 * fails, also where the registry was out of reach or wanted a login. Null where there is no more to tell: the registry has
 * no such image, as the swarm says. Never throws.
 */
export async function pullReason(
  hosts: Pick<Hosts, 'engine' | 'registryAuth'>,
  host: string,
  spec: EngineJson,
): Promise<PullReason | null> {
  const image = serviceImage(spec);
  if (image === null) return null;
  try {
    const registryAuth = await hosts.registryAuth(image);
    await registryDigest(hosts.engine(host), image, { registryAuth }, { timeoutMs: limitMs });
    const text = `Asked now, the registry gives the image to ${host}, so that it was out of reach before, or too slow.`;
    return { text, isReached: true };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error instanceof EngineRefusal)
      return error.status === 404
        ? null
        : told(`Asked now, ${host} gets this from the registry: ${error.engineMessage}`);
    return told(`Why ${host} could not pull it was not seen: ${error.message}`);
  }
}

const told = (text: string): PullReason => ({ text: withStop(text), isReached: false });
