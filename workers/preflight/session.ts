import { AppError } from '#core/errors.ts';
import { probeLabel } from '../checks/probe-label.ts';
import { attachContainer, type Attachment } from '../docker/attach.ts';
import { createContainer, startContainer } from '../docker/containers.ts';
import type { EngineClient } from '../docker/engine.ts';
import {
  type ProbeCheck,
  probeArgs,
  type ProbeEvent,
  probeLineReader,
  probeLines,
  type ProbeListener,
  type ProbeResult,
} from '../probe/protocol.ts';
import { deleteContainer } from '../steps/delete-container.ts';

/** A prober ends by itself after this, and at once when the worker that it listens to is gone. */
const stayMs = 60_000;
const readyLimitMs = 15_000;
/** Where a datagram to itself goes that nobody needs to hear (RFC 863). */
const discardPort = 9;

export type Listening = Extract<ProbeEvent, { event: 'ready' }>['listeners'][number];
export type Heard = Extract<ProbeEvent, { event: 'heard' }>;

/** One long-lived prober in a host's own network, which listens and asks at the same time. */
export interface ProberSession {
  host: string;
  /** What it listens on, or why it could not. */
  listening: readonly Listening[];
  /** What has arrived so far, by nonce. */
  heard: ReadonlyMap<string, Heard>;
  /** Asks all at once; what has no answer when the time is up, or when the prober ends, is missing in what it gives. */
  ask: (checks: readonly ProbeCheck[], limitMs: number) => Promise<ReadonlyMap<string, ProbeResult>>;
  /** Whether all that it has heard until now has been told: it tells in order, so an answer comes after that. */
  hasToldAll: (limitMs: number) => Promise<boolean>;
  /** Removes the container and waits until it is gone. */
  close: () => Promise<void>;
}

interface Ask {
  host: string;
  image: string;
  operation: string;
  listen: ProbeListener[];
  esp: boolean;
}

/** Starts a prober and waits until it listens. @throws AppError when the engine refuses, or the prober says nothing. */
export async function openSession(engine: EngineClient, ask: Ask): Promise<ProberSession> {
  const name = `flotilla-probe-preflight-${ask.operation.slice(-8)}-${ask.host}`;
  const { id } = await createContainer(engine, bodyOf(ask), { name });
  const remove = async (): Promise<void> => void (await deleteContainer(engine, id));
  const inbox = new Inbox();
  try {
    const attachment = await attachContainer(engine, id, ({ data }) => inbox.push(data.toString('utf8')));
    void attachment.over.then(() => inbox.end());
    await startContainer(engine, id);
    await inbox.until(() => inbox.listening !== null, readyLimitMs);
    if (inbox.listening === null) throw saysNothing(ask.host, inbox.unread);
    return {
      host: ask.host,
      listening: inbox.listening,
      heard: inbox.heard,
      ask: (checks, limitMs) => askAll(attachment, inbox, checks, limitMs),
      hasToldAll: async (limitMs) => {
        const id = crypto.randomUUID();
        const last = { kind: 'udp', id, nonce: id, host: '127.0.0.1', port: discardPort } as const;
        return (await askAll(attachment, inbox, [last], limitMs)).has(id);
      },
      close: async () => {
        attachment.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function askAll(attachment: Attachment, inbox: Inbox, checks: readonly ProbeCheck[], limitMs: number) {
  attachment.write(probeLines([...checks]));
  await inbox.until(() => checks.every(({ id }) => inbox.results.has(id)), limitMs);
  return inbox.results;
}

/** Its standard input ends when we do, and it with it: nothing stays behind a worker that was killed. */
const bodyOf = ({ image, operation, listen, esp }: Ask): Record<string, unknown> => ({
  Image: image,
  Cmd: probeArgs({ listen, esp, stdin: true, stayMs, concurrency: 256 }),
  Labels: { [probeLabel]: operation },
  AttachStdin: true,
  AttachStdout: true,
  AttachStderr: true,
  OpenStdin: true,
  StdinOnce: true,
  HostConfig: { NetworkMode: 'host', AutoRemove: true, RestartPolicy: { Name: 'no' }, LogConfig: { Type: 'none' } },
});

/** What a prober has told so far, and who waits for more. */
class Inbox {
  listening: readonly Listening[] | null = null;
  readonly results = new Map<string, ProbeResult>();
  readonly heard = new Map<string, Heard>();
  /** What was no event, such as a complaint of the system. */
  unread = '';
  #isOver = false;
  readonly #waiting = new Set<() => void>();
  readonly #reader = probeLineReader((event) => this.#take(event));

  push(text: string): void {
    this.#reader.push(text);
    this.#wake();
  }

  end(): void {
    this.#reader.end();
    this.#isOver = true;
    this.#wake();
  }

  /** Resolves when the condition holds, nothing more can come, or the time is up; the caller looks which it was. */
  until(condition: () => boolean, limitMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = (): void => {
      if (condition() || this.#isOver) resolve();
    };
    const timer = setTimeout(resolve, limitMs);
    this.#waiting.add(look);
    look();
    return promise.finally(() => {
      clearTimeout(timer);
      this.#waiting.delete(look);
    });
  }

  #wake(): void {
    for (const look of this.#waiting) look();
  }

  #take(event: ProbeEvent): void {
    if (event.event === 'ready') this.listening = event.listeners;
    if (event.event === 'check') this.results.set(event.id, event);
    if (event.event === 'heard') this.heard.set(event.nonce, event);
    if (event.event === 'unreadable') this.unread += `${event.line} `;
  }
}

const saysNothing = (host: string, unread: string): AppError =>
  new AppError(
    'engine_error',
    `The prober on ${host} was started and does not listen${unread && ` (${unread.trim()})`}.`,
    {
      host,
      next: `Look at the engine of ${host}; \`flotilla host clean ${host}\` removes the probe image, to be loaded anew.`,
    },
  );
