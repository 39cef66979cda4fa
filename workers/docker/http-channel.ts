import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type buildConnector, Client, type Dispatcher, Pool } from 'undici';
import { AppError } from '#core/errors.ts';
import { reasonOf } from '#core/log.ts';
import { orAborted } from '../ssh/abort.ts';
import type { Deadline } from './deadline.ts';
import type { EngineRequest } from './engine-request.ts';
import { EngineRefusal } from './refusal.ts';
import type { Transport } from './transport.ts';

/** An answer below 400, whose body is still coming in. */
export interface EngineAnswer {
  status: number;
  header: (name: string) => string | null;
  chunks: AsyncIterable<Buffer>;
  text: () => Promise<string>;
  dump: () => Promise<void>;
}

/** Idle HTTP connections are kept for a while; each is one channel on the host's SSH connection. */
const keepAliveMs = 20_000;
/** No answer of an engine that we read whole comes near this. */
const answerBytesMax = 64 * 1024 * 1024;

interface Asked<T> {
  request: EngineRequest;
  signal: AbortSignal;
  read: (answer: EngineAnswer) => Promise<T>;
}

/** HTTP over a transport, with kept connections. Time limits are the caller's. */
export class HttpChannel {
  readonly #transport: Transport;
  #pool: { connections: number; dispatcher: Pool } | null = null;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  get host(): string {
    return this.#transport.host;
  }

  /** One request. Throws EngineRefusal, AppError of the transport, or what the HTTP layer says; see `explain`. */
  async ask<T>(
    prefix: string,
    request: EngineRequest,
    signal: AbortSignal,
    read: (answer: EngineAnswer) => Promise<T>,
  ): Promise<T> {
    const pool = await orAborted(this.#poolForRoute(), signal);
    if (request.endsConnection !== true) return this.#askOver(pool, prefix, { request, signal, read });
    // In the pool it would leave a dead one behind, which the next request takes for its own and opens anew.
    const alone = new Client('http://docker', this.#options());
    try {
      return await this.#askOver(alone, prefix, { request, signal, read });
    } finally {
      void alone.destroy();
    }
  }

  async #askOver<T>(dispatcher: Dispatcher, prefix: string, { request, signal, read }: Asked<T>): Promise<T> {
    const response = await dispatcher.request({ ...httpRequest(prefix, request), signal });
    // A body that is given up says so by an error event that nobody else may be listening to.
    response.body.on('error', () => undefined);
    try {
      const answer = answerOf(response);
      if (response.statusCode < 400) {
        const result = await read(answer);
        // undici gives a connection back some ticks after its answer has ended: who asks on before opens another one.
        await nextTurn();
        return result;
      }
      const call = `${request.method} ${request.path}`;
      throw new EngineRefusal(this.host, call, response.statusCode, messageOf(await answer.text()));
    } finally {
      if (!response.body.readableEnded) response.body.destroy();
    }
  }

  /** One request that makes its connection a stream in both directions, which is the caller's from then on. */
  async upgrade(prefix: string, { method, path, query }: EngineRequest, signal: AbortSignal): Promise<Duplex> {
    const pool = await orAborted(this.#poolForRoute(), signal);
    const request = { method, path: `${prefix}${path}${searchOf(query)}` };
    const { socket } = await pool.upgrade({ ...request, protocol: 'tcp', signal });
    return socket;
  }

  /** Whether the host's sshd forwards streams to the socket. */
  forwards(): Promise<boolean> {
    return this.#transport.forwards();
  }

  /** Connects the host and finds the way to its socket, which has time limits of its own. */
  async prepare(): Promise<void> {
    await this.#poolForRoute();
  }

  /** Names the cause when a request ended without an answer. */
  async explain(error: unknown, request: EngineRequest, deadline: Deadline): Promise<AppError> {
    const changes = request.method !== 'GET';
    const done = changes ? 'It is not known whether the engine carried it out.' : 'Nothing was changed.';
    if (error instanceof AppError) return changes && isLost(error) ? withDone(error, done) : error;
    if (deadline.cancelled) return deadline.cancelledError(done);
    const at = { host: this.host, done, cause: error };
    if (!deadline.timedOut) {
      const why = reasonOf(error);
      return new AppError('engine_unreachable', `The engine on ${this.host} broke off ${deadline.call} (${why}).`, {
        ...at,
        next: 'Look whether the engine was restarted (journalctl -u docker), then run it again.',
      });
    }
    const seconds = deadline.timeoutMs / 1000;
    if (await this.#transport.hostAnswers()) {
      return new AppError(
        'engine_unreachable',
        `The engine on ${this.host} did not answer ${deadline.call} within ${seconds} s.`,
        {
          ...at,
          next: 'The host answers and its engine does not: look at it (systemctl status docker) or restart it.',
        },
      );
    }
    return new AppError('host_unreachable', `${this.host} stopped answering during ${deadline.call} (${seconds} s).`, {
      ...at,
      next: 'Check that the host is up and can be reached, then run it again.',
    });
  }

  async close(): Promise<void> {
    const pool = this.#pool;
    this.#pool = null;
    await pool?.dispatcher.destroy();
  }

  async #poolForRoute(): Promise<Pool> {
    const connections = await this.#transport.connections();
    if (this.#pool?.connections === connections) return this.#pool.dispatcher;
    void this.#pool?.dispatcher.close();
    const dispatcher = new Pool('http://docker', { connections, ...this.#options() });
    this.#pool = { connections, dispatcher };
    return dispatcher;
  }

  #options(): Client.Options {
    return {
      pipelining: 1,
      keepAliveTimeout: keepAliveMs,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (_, callback) => void this.#dial(callback),
    };
  }

  async #dial(callback: buildConnector.Callback): Promise<void> {
    let socket: Socket;
    try {
      socket = asSocket(await this.#transport.dial());
    } catch (error) {
      callback(error instanceof Error ? error : new Error(String(error)), null);
      return;
    }
    callback(null, socket);
  }
}

/** Whether the connection was lost under a request, so that a read may be asked again. */
export function isLost(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return (
    ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes(String(error.code)) ||
    'connectionLost' in error
  );
}

/** Safe: undici's HTTP/1 client uses the stream part of a socket, and `ref`, `unref` and the like only where they are. */
const asSocket = (stream: Duplex): Socket => stream as Socket;

const withDone = (error: AppError, done: string): AppError =>
  new AppError(error.code, error.message, {
    done,
    ...(error.next === undefined ? {} : { next: error.next }),
    ...(error.host === undefined ? {} : { host: error.host }),
    cause: error,
  });

function searchOf(query: EngineRequest['query'] = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) search.set(key, String(value));
  return search.size === 0 ? '' : `?${search.toString()}`;
}

function httpRequest(prefix: string, request: EngineRequest): Dispatcher.RequestOptions {
  const head = { method: request.method, path: `${prefix}${request.path}${searchOf(request.query)}` };
  const headers = { ...request.headers };
  if (request.upload !== undefined) {
    return { ...head, headers: { ...headers, 'content-type': 'application/x-tar' }, body: request.upload };
  }
  if (request.body === undefined) return { ...head, headers };
  return { ...head, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(request.body) };
}

function answerOf({ statusCode, headers, body }: Dispatcher.ResponseData): EngineAnswer {
  return {
    status: statusCode,
    header: (name) => {
      const value = headers[name];
      return typeof value === 'string' ? value : (value?.[0] ?? null);
    },
    chunks: body,
    dump: async () => {
      for await (const chunk of body) void chunk;
    },
    text: async () => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      for await (const chunk of body as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > answerBytesMax) throw new Error(`the answer is over ${answerBytesMax} bytes`);
        chunks.push(chunk);
      }
      return Buffer.concat(chunks).toString('utf8');
    },
  };
}

/** Engines say `{"message": …}`; something in between may say anything. */
function messageOf(body: string): string {
  try {
    const json: unknown = JSON.parse(body);
    if (typeof json === 'object' && json !== null && 'message' in json && typeof json.message === 'string')
      return json.message;
  } catch {
    // Not JSON: the text itself is the message.
  }
  return body.slice(0, 500);
}
