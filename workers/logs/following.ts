import { AppError } from '#core/errors.ts';
import { logSourcesMax } from '#core/log-limits.ts';
import type { LogRecord, LogUnseen } from '#core/logs.ts';
import type { EngineClient } from '../docker/engine.ts';
import { followContainer, type Followed, type FollowTimes, followTimes } from './follow-container.ts';
import { HostWatch } from './host-watch.ts';
import { rest } from '#core/rest.ts';
import type { Outbox } from './outbox.ts';
import type { Source } from './read-container.ts';
import { SeenMessages } from './seen-messages.ts';
import type { Found } from './service-sources.ts';
import { Sightings } from './sightings.ts';

export interface FollowingOptions {
  engineOf: (host: string) => EngineClient;
  /** Looks for what there is to follow now. */
  find: () => Promise<Found>;
  outbox: Pick<Outbox, 'add' | 'room'>;
  signal: AbortSignal;
  /** When it began: where no manager says what is new, nothing older is shown. */
  since: string;
  times?: FollowTimes & { lookMs: number; pingMs: number };
}

/** What did not last from one look to the next is on its way, and nobody needs to hear of it. */
const steadyLooks = 2;
/** A task without a container has printed nothing; that it gets none in so many looks is worth a word. */
const onItsWayLooks = 10;

/** Follows what there is, and looks again and again for what has come: other tasks, other hosts, or none at all. */
export class Following {
  readonly #options: FollowingOptions;
  readonly #times: NonNullable<FollowingOptions['times']>;
  readonly #sightings: Sightings;
  readonly #hosts: HostWatch;
  readonly #followed = new Map<string, { source: Source | null; done: Promise<void>; isOver: boolean }>();
  /** What the looks have told of late, and how many in a row. */
  readonly #lately = new Map<string, { reason: string; count: number }>();
  /** What was told of the whole, until it holds no more. */
  readonly #told = new Set<string>();
  readonly #fault = Promise.withResolvers<never>();

  constructor(options: FollowingOptions) {
    this.#options = options;
    this.#times = options.times ?? { ...followTimes, lookMs: 2000, pingMs: 5000 };
    this.#sightings = new Sightings((record) => options.outbox.add(record));
    this.#hosts = new HostWatch(options.engineOf, this.#times.pingMs);
  }

  /** Goes on with what was read, of which some is over for good. */
  begin(followed: readonly Followed[], { told, over, isWithoutManager }: Before): void {
    for (const { container } of over)
      this.#followed.set(container, { source: null, isOver: true, done: Promise.resolve() });
    for (const one of told) {
      const own = followed.find(({ source }) => isOf(source, one));
      this.#sightings.noteTold(own?.source.container ?? keyOf(one), one);
    }
    if (isWithoutManager) this.#told.add(withoutManager);
    for (const one of followed) this.#start(one);
  }

  /** Looks until the signal aborts, and then until all that was open is closed. */
  async run(): Promise<void> {
    const { signal } = this.#options;
    await Promise.race([this.#fault.promise, Promise.all([this.#hosts.run(signal), this.#looks(signal)])]);
    await Promise.all([...this.#followed.values()].map(({ done }) => done));
  }

  async #looks(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await rest(this.#times.lookMs, signal);
      if (!signal.aborted) await this.#look();
    }
  }

  #start(followed: Followed): void {
    const { engineOf, outbox, signal } = this.#options;
    const { host, container } = followed.source;
    const lost = (): AbortSignal => this.#hosts.lost(host);
    const engine = engineOf(host);
    const deps = { engine, outbox, sightings: this.#sightings, signal, lost, times: this.#times };
    const leave = this.#hosts.enter(host);
    const entry = { source: followed.source, isOver: false, done: Promise.resolve() };
    entry.done = followContainer(followed, deps)
      .catch((error: unknown) => this.#fault.reject(error))
      .finally(() => {
        leave();
        entry.isOver = true;
      });
    this.#followed.set(container, entry);
  }

  async #look(): Promise<void> {
    let found: Found;
    try {
      found = await this.#options.find();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      // The same trouble may be told in other words each time.
      if (this.#isSteady('look', error.code)) this.#noteOnce(`look ${error.code}`, nothingFound(error));
      return;
    }
    this.#lately.delete('look');
    this.#foundAgain(found.notes.length > 0);
    for (const source of found.sources) this.#meet(source, found);
    for (const one of found.unseen) {
      const key = keyOf(one);
      const looks = isOnItsWay(one) ? onItsWayLooks : steadyLooks;
      if (this.#isSteady(key, isOnItsWay(one) ? '' : one.reason, looks)) this.#sightings.unseen(key, one);
    }
    this.#forgetOthers(new Set([...found.unseen.map(keyOf), ...found.sources.map(({ container }) => container)]));
  }

  /** What is over and no longer there, and what was said of things that are as they were said no more. */
  #forgetOthers(present: ReadonlySet<string>): void {
    for (const [container, { isOver }] of this.#followed)
      if (isOver && !present.has(container)) this.#followed.delete(container);
    for (const key of this.#lately.keys()) if (!present.has(key)) this.#lately.delete(key);
    for (const key of this.#sightings.keys) {
      if (present.has(key) || this.#followed.has(key)) continue;
      // A host that could not say what it has, and does now.
      if (key.startsWith(hostKey)) this.#sightings.seen(key);
      else this.#sightings.forget(key);
    }
  }

  /** Where no manager answered, hosts may have containers of tasks that are long over. */
  #meet(source: Source, { notes }: Found): void {
    const known = this.#followed.get(source.container);
    if (known !== undefined) {
      if (known.source !== null) known.source.name = source.name;
      return;
    }
    const running = [...this.#followed.values()].filter(({ isOver }) => !isOver).length;
    if (running >= logSourcesMax) return this.#sightings.unseen(source.container, tooMany(source));
    this.#sightings.seen(source.container);
    this.#sightings.seen(source.task ?? '');
    const since = notes.length > 0 ? this.#options.since : null;
    this.#start({ source, seen: new SeenMessages(), first: { tail: 'all', since }, isOver: false });
  }

  /** Whether the same was told by so many looks in a row. */
  #isSteady(key: string, reason: string, looks = steadyLooks): boolean {
    const before = this.#lately.get(key);
    const count = before?.reason === reason ? before.count + 1 : 1;
    this.#lately.set(key, { reason, count });
    return count >= looks;
  }

  #foundAgain(isWithoutManager: boolean): void {
    const isLost = [...this.#told].some((key) => key !== withoutManager);
    if (isLost) this.#note('What there is to follow can be seen again.');
    for (const key of this.#told) if (key !== withoutManager) this.#told.delete(key);
    if (isWithoutManager) this.#noteOnce(withoutManager, noManager);
    else if (this.#told.delete(withoutManager)) this.#note('A manager answers again: nothing is missing from now on.');
  }

  #noteOnce(key: string, text: string | null): void {
    if (this.#told.has(key)) return;
    this.#told.add(key);
    if (text !== null) this.#note(text);
  }

  #note(text: string): void {
    this.#options.outbox.add({ type: 'note', text });
  }
}

/** What was read and told before it is followed. */
interface Before {
  /** What could not be seen. */
  told: readonly LogUnseen[];
  over: readonly Source[];
  /** That no manager answers was told. */
  isWithoutManager: boolean;
}

/** A task that has no container yet, and no reason for that. */
export const isOnItsWay = ({ code, reason }: LogUnseen): boolean => code === 'conflict' && !reason.includes(': ');

const withoutManager = 'without a manager';
const hostKey = 'host ';

/** What stays the same of something that cannot be seen. */
const keyOf = ({ task, host, name }: LogUnseen): string => task ?? `${hostKey}${host ?? ''} ${name}`;

const isOf = (source: Source, { task, host, name }: LogUnseen): boolean =>
  task === null ? source.task === null && source.name === name && source.host === host : source.task === task;

const noManager =
  'No manager of the swarm answers: followed is what the hosts still have, and a task that begins now may be missed.';

const nothingFound = ({ message, code }: AppError): string =>
  code === 'not_found' || code === 'conflict'
    ? `${message} It is followed when it is there again.`
    : `What there is to follow cannot be seen now: ${message} What is open goes on.`;

const tooMany = ({ name, host, task }: Source): LogRecord & LogUnseen => ({
  type: 'unseen',
  name,
  host,
  task,
  reason: `${logSourcesMax} tasks are followed already; name this one with --task`,
  code: 'payload_too_large',
});
