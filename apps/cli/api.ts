import { createClient, unwrap, unwrapStream, type Client } from '#api/client.ts';
import { findAddress } from './input/connection.ts';
import { clean } from './output/clean.ts';
import type { Session } from './session.ts';

type Answer<R extends Parameters<typeof unwrap>[0]> = Awaited<ReturnType<typeof unwrap<Awaited<R>>>>;

/** The control plane as a command sees it. */
export interface Api {
  client: Client;
  /** The body of a successful answer: safe to print, or for JSON output exactly as it came. @throws AppError its refusal */
  ask: <R extends Parameters<typeof unwrap>[0]>(call: R) => Promise<Answer<R>>;
  /** The event stream of an operation after an event id. */
  events: (operation: string, afterId: number, signal: AbortSignal) => Promise<ReadableStream<Uint8Array>>;
}

/** @throws AppError `invalid_input` or `unauthenticated` when there is no address or token to use. */
export function apiOf(session: Session): Api {
  const { url, token } = session.connection();
  const client = createClient({ baseUrl: url, token, door: 'cli', fetch: (request) => noticing(session, request) });
  const isJson = session.flags.output !== 'table';
  return {
    client,
    ask: async (call) => {
      const body = await unwrap(call);
      return isJson ? body : clean(body);
    },
    events: (id, afterId, signal) =>
      unwrapStream(
        client.v1.operations[':id'].events.$get(
          { param: { id }, query: {}, header: { 'last-event-id': String(afterId) } },
          { headers: { accept: 'text/event-stream' }, init: { signal } },
        ),
      ),
  };
}

/** The control plane as somebody sees it who has no token yet. @throws AppError `invalid_input` */
export const visitorOf = ({ flags, config }: Session): Client =>
  createClient({ baseUrl: findAddress(flags, config), token: '', door: 'cli', fetch: inTime });

const told = new WeakSet<Session>();

/** Says once in a command that the person has notices. */
async function noticing(session: Session, request: Request): Promise<Response> {
  const response = await inTime(request);
  const count = Number(response.headers.get('flotilla-notices') ?? 0);
  if (count > 0 && !told.has(session) && session.flags.quiet !== true && !request.url.includes('/v1/notices')) {
    told.add(session);
    session.err.write(`There ${count === 1 ? 'is a notice' : `are ${count} notices`} for you: flotilla notices\n`);
  }
  return response;
}

/** Every answer but an event stream has to come in time; a stream is watched by whoever reads it. */
const answerMsMax = 30_000;

const inTime = (request: Request): Promise<Response> =>
  request.headers.get('accept') === 'text/event-stream'
    ? fetch(request)
    : fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(answerMsMax)]) });
