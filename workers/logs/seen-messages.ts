/** How many of the last messages are remembered by themselves; what is older is known by its time. */
const rememberedMax = 512;

interface Message {
  key: string;
  at: string;
}

/**
 * The last messages of a container that have come, so that another stream that begins with them passes over them. Engines
 * may write messages of its two streams in another order than that of their times, by a hair; so a time alone does not
 * tell which have come. Times have nine digits of a second and are UTC, so that they compare as texts.
 */
export class SeenMessages {
  readonly #last: Message[] = [];
  /** All up to this time have come that are not among the last. */
  #floor = '';
  /** Set while messages come again: how many of each, and until when. */
  #again: { left: Map<string, number>; until: string } | null = null;

  /** From when on another stream has to begin; null where nothing came. */
  get since(): string | null {
    const times = this.#last.map(({ at }) => at);
    const oldest = times.reduce((min, at) => (at < min ? at : min), times[0] ?? '');
    const since = this.#floor > oldest || oldest === '' ? this.#floor : oldest;
    return since === '' ? null : since;
  }

  /** Another stream begins at `since`. */
  again(): void {
    const left = new Map<string, number>();
    for (const { key } of this.#last) left.set(key, (left.get(key) ?? 0) + 1);
    const until = this.#last.reduce((max, { at }) => (at > max ? at : max), this.#floor);
    this.#again = until === '' ? null : { left, until };
  }

  /** Remembers it; false where it has come before. */
  isNew(stream: string, at: string): boolean {
    const key = `${stream} ${at}`;
    if (this.#hasCome(key, at)) return false;
    this.#last.push({ key, at });
    const former = this.#last.length > rememberedMax ? this.#last.shift() : undefined;
    if (former !== undefined && former.at > this.#floor) this.#floor = former.at;
    return true;
  }

  #hasCome(key: string, at: string): boolean {
    if (this.#again === null) return false;
    const { left, until } = this.#again;
    if (at > until) {
      this.#again = null;
      return false;
    }
    const count = left.get(key) ?? 0;
    if (count > 0) left.set(key, count - 1);
    return count > 0 || at <= this.#floor;
  }
}
