import { AppError } from '#core/errors.ts';
import type { LogRecord } from '#core/logs.ts';
import { within } from '../checks/within.ts';
import { type Container, type LogStretch, streamLogs } from '../docker/containers.ts';
import { Demuxer } from '../docker/demux.ts';
import type { EngineClient } from '../docker/engine.ts';
import { isRefusal } from '../docker/refusal.ts';
import { silenceMs } from './containers-on.ts';
import { LineMaker } from './line-maker.ts';
import { rest } from '#core/rest.ts';
import type { Outbox } from './outbox.ts';
import { driverFault, lookAt, type Source, sourceOf, type Why, whyNot } from './read-container.ts';
import type { SeenMessages } from './seen-messages.ts';
import type { Sightings } from './sightings.ts';
import { takeStreamPlace } from './stream-places.ts';

export interface Followed {
  /** What it is called may change: another task takes its place. */
  source: Source;
  seen: SeenMessages;
  /** What is read first where nothing of it has come. */
  first: Pick<LogStretch, 'tail' | 'since'>;
  /** Its end was told, of which it may come back. */
  isOver: boolean;
}

export interface FollowDeps {
  engine: EngineClient;
  outbox: Pick<Outbox, 'add' | 'room'>;
  sightings: Sightings;
  signal: AbortSignal;
  /** Aborts when its host does not answer: what is open leads nowhere. */
  lost: () => AbortSignal;
  times: FollowTimes;
}

export interface FollowTimes {
  /** Between two readings of a log that cannot be kept open, and of one that ended while its container runs on. */
  againMs: number;
  /** Until what could not be seen is looked at again. */
  retryMs: number;
  /** A stream that is open for so long without a fault shows what there is. */
  provenMs: number;
}

export const followTimes: FollowTimes = { againMs: 1000, retryMs: 2000, provenMs: 500 };

/** No stream of a log is open for so long; it would be opened again from where it ended. */
const streamMsMax = 24 * 3_600_000;

/**
 * The lines of a container as they come, until it is over; a standalone one may run again, and is waited for. What broke
 * off goes on from the last line that came.
 */
export async function followContainer(followed: Followed, deps: FollowDeps): Promise<void> {
  const { source } = followed;
  const { engine, sightings, signal, times } = deps;
  const one = new Follower(followed, deps);
  while (!signal.aborted) {
    const looked = await lookInTime(engine, source);
    if (signal.aborted) return;
    if ('reason' in looked) {
      if (looked.code === 'not_found') return one.gone();
      one.unseen(looked);
      await rest(times.retryMs, signal);
      continue;
    }
    const { container } = looked;
    // Looked at before it was read: what it prints at its end is read before the end is told.
    const isOver = !container.State.Running && container.State.Status !== 'created';
    const fault = await one.read(container);
    if (fault !== null) one.unseen(fault);
    else if (isOver) {
      one.over(container);
      if (source.task !== null) return sightings.forget(source.container);
    } else followed.isOver = false;
    await rest(fault === null && !isOver ? times.againMs : times.retryMs, signal);
  }
}

async function lookInTime(engine: EngineClient, source: Source): Promise<{ container: Container } | Why> {
  const looked = await within(lookAt(engine, source), silenceMs, source.host);
  return looked.known ? looked.value : { reason: looked.reason, code: looked.code ?? 'timeout' };
}

class Follower {
  readonly #followed: Followed;
  readonly #deps: FollowDeps;
  readonly #maker: LineMaker;
  #lines = 0;
  #isOpened = false;
  #broken = 0;

  constructor(followed: Followed, deps: FollowDeps) {
    this.#followed = followed;
    this.#deps = deps;
    this.#maker = new LineMaker(({ leftOut, ...line }) => {
      const { name, host } = followed.source;
      const about = { type: 'line', name, host, ...line } as const;
      deps.outbox.add(leftOut === 0 ? about : { ...about, leftOut });
      this.#lines += 1;
      deps.sightings.seen(followed.source.container);
    }, followed.seen);
  }

  unseen(why: Why): void {
    const { name, host, task, container } = this.#followed.source;
    this.#deps.sightings.unseen(container, { type: 'unseen', name, host, task, ...why });
  }

  /** Until it ends, or breaks off. Gives why it cannot be read; where only a connection broke, the next look tells. */
  async read(container: Container): Promise<Why | null> {
    const { engine, lost, signal } = this.#deps;
    const release = await takeStreamPlace(engine).catch(() => null);
    const isOpen = AbortSignal.any([signal, lost()]);
    const proven = setTimeout(
      () => this.#deps.sightings.seen(this.#followed.source.container),
      this.#deps.times.provenMs,
    );
    try {
      this.#maker.resume();
      const stretch = { ...this.#stretch(), follow: release !== null };
      const limits = { signal: isOpen, timeoutMs: release === null ? 60_000 : streamMsMax };
      await streamLogs(engine, container.Id, stretch, (body) => this.#take(container, body), limits);
      this.#broken = 0;
      const [said] = this.#maker.faults;
      if (said !== undefined) return { reason: `reading it broke off: ${said}`, code: 'engine_error' };
      this.#deps.sightings.seen(this.#followed.source.container);
      return null;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.#broken += 1;
      if (isOpen.aborted || (!isRefusal(error) && this.#broken === 1)) return null;
      return driverFault(container, whyNot(error));
    } finally {
      clearTimeout(proven);
      release?.();
    }
  }

  async #take(container: Container, body: AsyncIterable<Buffer>): Promise<void> {
    const demuxer = new Demuxer();
    for await (const chunk of body) {
      this.#isOpened = true;
      if (container.Config.Tty === true) this.#maker.addRaw(chunk);
      else for (const frame of demuxer.push(chunk)) this.#maker.add(frame);
      await this.#deps.outbox.room();
    }
    this.#isOpened = true;
    this.#broken = 0;
  }

  #stretch(): Pick<LogStretch, 'tail' | 'since'> {
    const { first, seen } = this.#followed;
    if (seen.since !== null) return { tail: 'all', since: seen.since };
    // A log that was empty then: whatever it has now is new.
    return this.#isOpened ? { tail: 'all', since: first.since } : first;
  }

  over(container: Container): void {
    if (this.#followed.isOver) return;
    this.#followed.isOver = true;
    this.#maker.end();
    this.#tell(sourceOf(this.#followed.source, container, { lines: this.#lines, cut: null }));
    this.#lines = 0;
  }

  /** Where it was never seen there is nothing to tell of it: its task is told by who looks for tasks. */
  gone(): void {
    const { source, isOver } = this.#followed;
    const { container, ...named } = source;
    this.#maker.end();
    this.#deps.sightings.forget(container);
    const about = { state: 'removed', exitCode: null, error: '', lines: this.#lines, cut: null };
    if (!isOver) this.#tell({ type: 'source', container, ...named, ...about });
  }

  #tell(record: LogRecord): void {
    this.#deps.outbox.add(record);
  }
}
