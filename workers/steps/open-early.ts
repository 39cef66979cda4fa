import type { EngineClient } from '../docker/engine.ts';
import { isRefusal } from '../docker/refusal.ts';
import { inspectSwarm, type Swarm } from '../docker/swarm.ts';
import type { StepTurn } from '../run-steps.ts';
import { waitFor } from '../wait-for.ts';
import type { StepContext } from './context.ts';

/** An engine that is no manager yet says so at once, and starts no program for it. */
const asks = { limitMs: 60_000, firstMs: 10, longestMs: 15 };

/**
 * While `making`, the init of a swarm on `host`, is not answered: notes the join tokens as soon as the engine tells them,
 * some 100 ms before its answer, and lets workers begin to join with them ([decision 27](../../docs/decisions/0027-early-joins.md)).
 * Managers wait: the init's last act, its labels, would then need their votes.
 */
export async function openEarly<T>(context: StepContext, host: string, turn: StepTurn, making: Promise<T>): Promise<T> {
  const made = new AbortController();
  void earlyTokens(context.hosts.engine(host), made.signal).then((tokens) => {
    if (tokens === undefined || made.signal.aborted) return;
    context.tokens.note(host, tokens);
    turn.open('join-worker');
  });
  try {
    return await making;
  } finally {
    made.abort();
  }
}

/** Undefined when they were not told before the signal came, which does no harm: they are read at the init's end anyway. */
async function earlyTokens(engine: EngineClient, signal: AbortSignal): Promise<Swarm['JoinTokens'] | undefined> {
  try {
    return await waitFor(() => tokensOf(engine, signal), asks);
  } catch {
    // Aborted, or not able to answer: the init itself will tell.
    return undefined;
  }
}

async function tokensOf(engine: EngineClient, signal: AbortSignal): Promise<Swarm['JoinTokens'] | undefined> {
  try {
    return (await inspectSwarm(engine, { signal })).JoinTokens;
  } catch (error) {
    if (isRefusal(error, 503)) return undefined;
    throw error;
  }
}
