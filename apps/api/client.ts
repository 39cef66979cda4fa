import { hc, type ClientResponse } from 'hono/client';
import type { SuccessStatusCode } from 'hono/utils/http-status';
import { AppError, isErrorCode } from '#core/errors.ts';
import { type Problem, problemSchema } from '#core/wire.ts';
import type { App } from './app.ts';

export interface ClientOptions {
  /** Where the API is; any origin will do when `fetch` is the app's own. */
  baseUrl: string;
  token: string;
  /** `app.fetch` in one process, the global fetch (the default) across machines. */
  fetch?: (input: Request) => Promise<Response> | Response;
  /** What to write into the record as the door. */
  door?: 'cli';
}

/** The typed client of the API: `await unwrap(client.v1.hosts.$get())`. */
export type Client = ReturnType<typeof createClient>;

/** A call that gets no answer rejects with AppError `api_unreachable`; an aborted one with the signal's reason. */
export function createClient({ baseUrl, token, fetch: send = (request) => fetch(request), door }: ClientOptions) {
  return hc<App>(baseUrl, {
    headers: { authorization: `Bearer ${token}`, ...(door === undefined ? {} : { 'flotilla-client': door }) },
    fetch: (input: string | URL | Request, init?: RequestInit) => answerOf(send, keyed(new Request(input, init))),
  });
}

/** A key for each request that may start work, so that one which is sent again by what lies between is done once. */
function keyed(request: Request): Request {
  const isPersons = request.method === 'POST' && !request.url.includes('/v1/worker/');
  if (isPersons && !request.headers.has('idempotency-key'))
    request.headers.set('idempotency-key', `"${crypto.randomUUID()}"`);
  return request;
}

async function answerOf(send: NonNullable<ClientOptions['fetch']>, request: Request): Promise<Response> {
  try {
    return await send(request);
  } catch (cause) {
    if (request.signal.aborted) throw request.signal.reason;
    throw new AppError('api_unreachable', `The control plane at ${new URL(request.url).origin} does not answer`, {
      next: 'Start it with `flotilla up`, or name another address.',
      cause,
    });
  }
}

type Body<R> = R extends ClientResponse<infer T, infer S, 'json'> ? (S extends SuccessStatusCode ? T : never) : never;

/** The body of a successful answer. @throws AppError what the problem answer says; `api_unreachable` for another's answer. */
export async function unwrap<R extends ClientResponse<unknown, number, 'json'>>(call: Promise<R>): Promise<Body<R>> {
  const response = await call;
  if (!response.ok) throw await refusalOf(response);
  return bodyOf<R>(await response.json());
}

/** The body of an answer that is a stream: events, exports. @throws as unwrap */
export async function unwrapStream(
  call: Promise<{ ok: boolean; status: number; body: ReadableStream | null; json: () => Promise<unknown> }>,
): Promise<ReadableStream<Uint8Array>> {
  const response = await call;
  if (!response.ok) throw await refusalOf(response);
  if (response.body !== null) return response.body;
  throw new AppError('api_unreachable', 'The control plane answered without a body');
}

/** The cast is safe: the types of R come from the very routes that made the answer. */
const bodyOf = <R>(json: unknown): Body<R> => json as Body<R>;

async function refusalOf(response: { status: number; json: () => Promise<unknown> }): Promise<AppError> {
  const body: unknown = await response.json().catch(() => null);
  const { data: problem } = problemSchema.safeParse(body);
  if (problem !== undefined && isErrorCode(problem.code)) return errorOf(problem);
  return new AppError('api_unreachable', `Something answered ${response.status} that is not the control plane`, {
    next: 'Look at the address, and at what stands between here and there.',
  });
}

function errorOf(problem: Problem): AppError {
  const { code, detail, done, next, host, issues } = problem;
  if (!isErrorCode(code)) throw new TypeError(`Not a code of ours: ${code}`);
  return new AppError(code, detail, {
    ...(done === undefined ? {} : { done }),
    ...(next === undefined ? {} : { next }),
    ...(host === undefined ? {} : { host }),
    ...(issues === undefined
      ? {}
      : { issues: issues.map(({ line, ...issue }) => (line === undefined ? issue : { ...issue, line })) }),
  });
}
