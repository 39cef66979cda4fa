/** A trigger opens a view once, within three seconds of the click or command that it came with. */
const lifeMs = 3000;

export class Triggers {
  readonly #nowMs: () => number;
  readonly #made = new Map<string, { user: string; atMs: number }>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  make(user: string): string {
    const id = `${this.#made.size + 1}.${this.#nowMs()}.trigger`;
    this.#made.set(id, { user, atMs: this.#nowMs() });
    return id;
  }

  /** The person whose trigger it is, or Slack's word for why not. */
  use(id: string): { user: string } | 'invalid_trigger_id' | 'trigger_expired' | 'trigger_exchanged' {
    const made = this.#made.get(id);
    if (made === undefined) return 'invalid_trigger_id';
    if (made.atMs < 0) return 'trigger_exchanged';
    if (this.#nowMs() - made.atMs > lifeMs) return 'trigger_expired';
    this.#made.set(id, { ...made, atMs: -1 });
    return { user: made.user };
  }
}
