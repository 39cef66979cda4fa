import type { EngineFacts } from '#core/observation.ts';
import { isRefusal } from '../docker/refusal.ts';
import type { StepContext } from './context.ts';

/**
 * What this very run saw of a host's engine, if that was in no swarm then. Who acts on it need not look again: an engine
 * that is in a swarm by now refuses to init or join and changes nothing (see `isInSwarmAlready`).
 */
export function seenFree({ seenJustNow }: Pick<StepContext, 'seenJustNow'>, host: string): EngineFacts | null {
  const seen = seenJustNow?.hosts[host];
  return seen?.known === true && seen.value.engine.swarm.state === 'inactive' ? seen.value.engine : null;
}

/** How engines of all versions refuse to init or join when they are in a swarm, or on their way into one. */
export const isInSwarmAlready = (error: unknown): boolean =>
  isRefusal(error, 503) && /already part of a swarm/i.test(error.engineMessage);
