import type { Duplex } from 'node:stream';
import { z } from 'zod';
import { AppError } from '#core/errors.ts';
import { traced } from '../telemetry.ts';
import { orAborted } from '../ssh/abort.ts';
import { Deadline } from './deadline.ts';
import type { EngineRequest } from './engine-request.ts';
import { Gate } from './gate.ts';
import { type EngineAnswer, HttpChannel, isLost } from './http-channel.ts';
import { isRefusal } from './refusal.ts';
import { localTransport, type Transport } from './transport.ts';
import { negotiateVersion } from './version.ts';

/** Every call ends when the signal says so, or after its time limit. */
export interface CallOptions {
  signal?: AbortSignal | undefined;
  timeoutMs?: number | undefined;
}

/** For calls that are over as soon as the engine has looked; those that wait for something give their own. */
const defaultTimeoutMs = 30_000;

/**
 * The Engine API of one host. Calls are functions beside this file (`networks.ts`, `services.ts`, …).
 *
 * Throws AppError only: EngineRefusal when the engine said no; host_*, ssh_* and engine_* when it could not be asked.
 * A read that was cut off by a lost connection is asked once more on a new one; a change only where it says that it may.
 */
export class EngineClient {
  readonly #http: HttpChannel;
  /** The version spoken. Shared by everybody who asks meanwhile, so no one caller's signal may end it. */
  #spoken: Promise<string> | null = null;
  /** Each request at the same time takes a channel of its own, or a whole command where streams are not forwarded. */
  readonly #turns = new Gate(1, 400);
  #engineApi: string | null = null;

  constructor(transport: Transport) {
    this.#http = new HttpChannel(transport);
  }

  /** The host's name. */
  get host(): string {
    return this.#http.host;
  }

  /** The newest API of the engine, such as `1.41`, as its ping said; known once any call was answered. */
  apiVersion(): string {
    if (this.#engineApi === null) throw new Error(`apiVersion() before any call to the engine on ${this.host}`);
    return this.#engineApi;
  }

  /** Asks and reads a JSON answer in the form that we depend on. */
  async json<S extends z.ZodType>(request: EngineRequest, schema: S, options: CallOptions = {}): Promise<z.output<S>> {
    const isRead = request.method === 'GET';
    const mayRepeat = isRead || request.mayRepeat === true;
    const asked = (): Promise<string> => this.#ask(request, options, (body) => body.text(), mayRepeat);
    const isBrief = request.isBrief ?? (isRead && request.asksElsewhere !== true);
    const answer = await this.#inTurn({ isBrief }, asked);
    return parseAnswer(this.host, request, answer, schema);
  }

  /** Asks for a change whose answer says nothing. Gives the HTTP status (304: it was so already). */
  async send(request: EngineRequest, options: CallOptions = {}): Promise<number> {
    const read = async (body: EngineAnswer): Promise<number> => {
      await body.dump();
      return body.status;
    };
    return this.#inTurn(request, () => this.#ask(request, options, read, request.method === 'GET'));
  }

  /** Asks and hands the body to `read` while it comes in. The time limit covers the reading too. */
  async stream<T>(
    request: EngineRequest,
    read: (body: AsyncIterable<Buffer>) => Promise<T>,
    options: CallOptions = {},
  ): Promise<T> {
    return this.#inTurn(request, () => this.#ask(request, options, (answer) => read(answer.chunks), false));
  }

  /** Asks for a stream in both directions (attach). The time limit is that of the answer; the stream has none. */
  async upgrade(request: EngineRequest, options: CallOptions = {}): Promise<Duplex> {
    const attempt = (prefix: string, signal: AbortSignal): Promise<Duplex> =>
      this.#http.upgrade(prefix, request, signal);
    return this.#within(request, options, attempt, false);
  }

  /** Whether streams reach the socket as they are; false when a command is run for each. */
  forwards(): Promise<boolean> {
    return this.#http.forwards();
  }

  /** Closes the HTTP connections; what is still being answered is cut off. */
  async close(): Promise<void> {
    await this.#http.close();
  }

  async #negotiated(): Promise<string> {
    this.#spoken ??= negotiateVersion(this.#http).then(
      ({ engineApi, spoken }) => {
        this.#engineApi = engineApi;
        return spoken;
      },
      (error: unknown) => {
        this.#spoken = null;
        throw error;
      },
    );
    return this.#spoken;
  }

  #inTurn<T>({ isBrief }: Pick<EngineRequest, 'isBrief'>, asked: () => Promise<T>): Promise<T> {
    return isBrief === true ? this.#turns.pass(asked) : asked();
  }

  #ask<T>(
    request: EngineRequest,
    options: CallOptions,
    read: (answer: EngineAnswer) => Promise<T>,
    mayRepeat: boolean,
  ): Promise<T> {
    const attempt = (prefix: string, signal: AbortSignal): Promise<T> => this.#http.ask(prefix, request, signal, read);
    return this.#within(request, options, attempt, mayRepeat);
  }

  async #within<T>(
    request: EngineRequest,
    options: CallOptions,
    attempt: (prefix: string, signal: AbortSignal) => Promise<T>,
    mayRepeat: boolean,
  ): Promise<T> {
    const call = `${request.method} ${request.path}`;
    const deadline = new Deadline(this.host, call, options.timeoutMs ?? defaultTimeoutMs, options.signal);
    const once = async (): Promise<T> => {
      const version = await orAborted(this.#negotiated(), deadline.signal);
      return attempt(`/v${version}`, deadline.signal);
    };
    try {
      return await traced(spanOf(this.host, request), once).catch((error: unknown) => {
        // An engine exchanged under us refuses the version that its predecessor spoke, and does nothing else.
        const isExchanged = isRefusal(error, 400) && /client version/i.test(error.engineMessage);
        if (isExchanged) this.#spoken = null;
        const again = isExchanged ? request.upload === undefined : mayRepeat && isLost(error);
        if (again && !deadline.signal.aborted) return once();
        throw error;
      });
    } catch (error) {
      throw await this.#http.explain(error, request, deadline);
    } finally {
      deadline.clear();
    }
  }
}

/** Ids stand in the path, and not in the name. */
const spanOf = (host: string, { method, path }: EngineRequest) =>
  ({
    name: `engine ${method} /${path.split('/')[1] ?? ''}`,
    kind: 'client',
    attributes: { 'flotilla.host': host, 'http.request.method': method, 'url.path': path },
  }) as const;

/** An engine whose socket is on this machine. */
export const localEngine = (socketPath: string, host = 'localhost'): EngineClient =>
  new EngineClient(localTransport(socketPath, host));

function parseAnswer<S extends z.ZodType>(host: string, request: EngineRequest, text: string, schema: S): z.output<S> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw notUnderstood(host, request, 'it is not JSON');
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw notUnderstood(host, request, z.prettifyError(parsed.error).replaceAll('\n', ' '));
}

const notUnderstood = (host: string, { method, path }: EngineRequest, why: string): AppError =>
  new AppError(
    'engine_error',
    `The engine on ${host} answered ${method} ${path} in a form that is not understood: ${why}.`,
    {
      host,
      ...(method === 'GET' ? {} : { done: 'The engine took the call; look at what it did before it is repeated.' }),
    },
  );
