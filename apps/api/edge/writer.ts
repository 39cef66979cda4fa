import { type D1Writer, d1Writer } from '#db/d1-writer.ts';
import type { PlainUnit } from '#db/unit.ts';
import type { Env } from './env.ts';

/** The one writer of the database: a Durable Object, so that commits from everywhere stand in one queue. */
export class Writer implements DurableObject {
  readonly #writer: D1Writer;

  constructor(_state: DurableObjectState, env: Env) {
    this.#writer = d1Writer({ database: env.DB, now: Date.now });
  }

  async fetch(request: Request): Promise<Response> {
    return Response.json(await this.#writer.write(await request.json<PlainUnit>()));
  }
}
