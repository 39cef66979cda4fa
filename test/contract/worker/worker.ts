import { type D1Port, d1Query } from '#db/d1-port.ts';
import { type D1Writer, d1Writer } from '#db/d1-writer.ts';
import type { Statement } from '#db/statement.ts';
import type { PlainUnit } from '#db/unit.ts';

/** What we use of a Durable Object namespace. */
interface Namespace {
  idFromName(name: string): unknown;
  get(id: unknown): { fetch(request: Request): Promise<Response> };
}

interface Env {
  WRITER: Namespace;
  [database: string]: unknown;
}

/** The one writer of a database: what the store's seam is for, in its smallest form. */
export class Writer {
  private readonly env: Env;
  private writer: D1Writer | null = null;

  constructor(_state: unknown, env: Env) {
    this.env = env;
  }

  async fetch(request: Request): Promise<Response> {
    this.writer ??= d1Writer({ database: databaseOf(this.env, request), now: Date.now });
    return Response.json(await this.writer.write(await bodyOf<PlainUnit>(request)));
  }
}

const handler = {
  /** `POST /write/DB0` a plain unit; `POST /query/DB0` a statement. A fault is answered as 500 with its text. */
  async fetch(request: Request, env: Env): Promise<Response> {
    try {
      const [, action, name = ''] = new URL(request.url).pathname.split('/');
      if (action === 'write') return await env.WRITER.get(env.WRITER.idFromName(name)).fetch(request);
      const { sql, params } = await bodyOf<Statement>(request);
      return Response.json(await d1Query(databaseOf(env, request))(sql, params));
    } catch (error) {
      return new Response(String(error), { status: 500 });
    }
  },
};
// oxlint-disable-next-line import/no-default-export -- workerd takes the handler from the default export.
export default handler;

/** Only remote.ts talks to this worker, and it sends what the types say. */
const bodyOf = async <T>(request: Request): Promise<T> => (await request.json()) as T;

/** The harness binds a D1 database under every name that d1-harness.ts gives out. */
const databaseOf = (env: Env, request: Request): D1Port =>
  env[new URL(request.url).pathname.split('/')[2] ?? ''] as D1Port;
