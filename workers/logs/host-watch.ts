import type { EngineClient } from '../docker/engine.ts';
import { pingEngine } from '../docker/system.ts';
import { rest } from '#core/rest.ts';

/** How long an engine may take for a ping before what is open to it is taken for dead. */
const answerMsMax = 5000;

/**
 * A program that prints nothing and a host that is cut off look the same: an open stream that is silent. So the engines
 * of what is followed are asked for a sign now and then, and what is open to one that gives none is broken off.
 */
export class HostWatch {
  readonly #engineOf: (host: string) => EngineClient;
  readonly #everyMs: number;
  readonly #hosts = new Map<string, { count: number; lost: AbortController }>();

  constructor(engineOf: (host: string) => EngineClient, everyMs: number) {
    this.#engineOf = engineOf;
    this.#everyMs = everyMs;
  }

  /** One more that is followed on it; the answer takes it off again. */
  enter(host: string): () => void {
    const entry = this.#hosts.get(host) ?? { count: 0, lost: new AbortController() };
    entry.count += 1;
    this.#hosts.set(host, entry);
    return () => {
      entry.count -= 1;
      if (entry.count === 0) this.#hosts.delete(host);
    };
  }

  lost(host: string): AbortSignal {
    return this.#hosts.get(host)?.lost.signal ?? AbortSignal.abort();
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await rest(this.#everyMs, signal);
      if (!signal.aborted) await Promise.all([...this.#hosts.keys()].map((host) => this.#look(host, signal)));
    }
  }

  async #look(host: string, signal: AbortSignal): Promise<void> {
    try {
      await pingEngine(this.#engineOf(host), { timeoutMs: answerMsMax, signal });
    } catch {
      const entry = this.#hosts.get(host);
      entry?.lost.abort();
      if (entry !== undefined) entry.lost = new AbortController();
    }
  }
}
