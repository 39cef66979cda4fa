import { startContainer as sendStart } from '../docker/containers.ts';
import type { EngineClient } from '../docker/engine.ts';
import { isRefusal } from '../docker/refusal.ts';
import { waitFor } from '../wait-for.ts';

/**
 * Starts it. A host that just lost the last task of an overlay forgets that network, and may refuse to start with
 * `network … not found` while the swarm tells it again. That passes, sooner the more often it is asked.
 */
export async function startContainer(engine: EngineClient, id: string): Promise<void> {
  let refusal: unknown;
  const started = await waitFor(
    async () => {
      try {
        await sendStart(engine, id);
        return true;
      } catch (error) {
        if (!isRefusal(error) || !isForgotten.test(error.engineMessage)) throw error;
        refusal = error;
        return undefined;
      }
    },
    { limitMs: 40_000, firstMs: 100, longestMs: 100 },
  );
  if (started === undefined) throw refusal;
}

const isForgotten = /\bnetwork \S+ not found|attaching to network failed.*context deadline/;
