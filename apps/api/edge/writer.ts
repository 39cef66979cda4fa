import { type D1Writer, d1Writer } from '#db/d1-writer.ts';
import type { PlainUnit } from '#db/unit.ts';
import type { WriteResult } from '#db/write.ts';
import { recordRefusal } from '../record/guarded-store.ts';
import type { Signer } from '../record/signer.ts';
import type { Env } from './env.ts';
import { lastNote } from './notes.ts';
import { asks, type ToldRecord } from './record.ts';
import { signWhenDue, writerSigner } from './writer-record.ts';

/**
 * The one writer of the database: a Durable Object, so that commits from everywhere stand in one queue. It signs what it
 * wrote, and writes nothing any more when the record does not fit.
 */
export class Writer implements DurableObject {
  readonly #writer: D1Writer;
  readonly #state: DurableObjectState;
  readonly #env: Env;
  /** Made at the first request that finds the database migrated. */
  #signer: Promise<Signer | null> | null = null;

  constructor(state: DurableObjectState, env: Env) {
    this.#state = state;
    this.#env = env;
    this.#writer = d1Writer({ database: env.DB, now: Date.now });
  }

  async fetch(request: Request): Promise<Response> {
    const signer = await this.#signing();
    const { pathname } = new URL(request.url);
    if (pathname === '/') return Response.json(await this.#write(signer, await request.json<PlainUnit>()));
    if (pathname === asks.state) return Response.json(await this.#told(signer));
    if (pathname === asks.notes) return Response.json((await signer?.notes()) ?? []);
    if (pathname === asks.triggers) return Response.json((await signer?.changedTriggers()) ?? []);
    if (pathname === asks.signWhenDue && signer !== null) await signWhenDue(signer, this.#env);
    if (pathname === asks.sign) await signer?.checkpoint();
    return Response.json(await lastNote(this.#state.storage));
  }

  async #write(signer: Signer | null, unit: PlainUnit): Promise<WriteResult> {
    const fault = signer?.state.fault ?? null;
    if (fault !== null) return { kind: 'refused', refusal: recordRefusal(fault) };
    const result = await this.#writer.write(unit);
    const last = result.kind === 'committed' ? result.committed.sequences.at(-1) : undefined;
    if (signer !== null && last !== undefined && signer.isDue(last)) {
      const signed = signer.checkpoint().then(() => signer.pushed());
      this.#state.waitUntil(signed.catch(() => undefined));
    }
    return result;
  }

  async #told(signer: Signer | null): Promise<ToldRecord> {
    const last = await lastNote(this.#state.storage);
    if (signer === null) return { fault: null, last, failedPushes: 0 };
    const { fault, failedPushes } = signer.state;
    return { fault, failedPushes, last };
  }

  async #signing(): Promise<Signer | null> {
    this.#signer ??= writerSigner(this.#env, this.#state.storage, this.#writer.write);
    const signer = await this.#signer.catch((error: unknown) => {
      this.#signer = null;
      throw error;
    });
    if (signer === null) this.#signer = null;
    return signer;
  }
}
