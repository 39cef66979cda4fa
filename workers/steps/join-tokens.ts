import type { EngineClient } from '../docker/engine.ts';
import { inspectSwarm, type Swarm } from '../docker/swarm.ts';

type Tokens = Swarm['JoinTokens'];

/**
 * Join tokens, read from a manager when the first join needs them and kept in memory for this operation only.
 * They never reach the database, a log or a report.
 */
export class JoinTokens {
  readonly #engineOf: (host: string) => EngineClient;
  readonly #asked = new Map<string, Promise<Tokens>>();

  constructor(engineOf: (host: string) => EngineClient) {
    this.#engineOf = engineOf;
  }

  /** Takes over what a step has just read from the manager `via` for another reason. */
  note(via: string, tokens: Tokens): void {
    this.#asked.set(via, Promise.resolve(tokens));
  }

  /** The token for a role, from the manager `via`; joins that run side by side share one question. */
  async for(role: 'worker' | 'manager', via: string): Promise<string> {
    let asked = this.#asked.get(via);
    if (asked === undefined) {
      asked = this.#ask(via);
      this.#asked.set(via, asked);
      asked.catch(() => this.#asked.delete(via));
    }
    const tokens = await asked;
    return role === 'worker' ? tokens.Worker : tokens.Manager;
  }

  async #ask(via: string): Promise<Tokens> {
    const { JoinTokens: tokens } = await inspectSwarm(this.#engineOf(via));
    return tokens;
  }
}
