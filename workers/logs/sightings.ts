import type { LogRecord, LogUnseen } from '#core/logs.ts';

type Named = Pick<LogUnseen, 'name' | 'host' | 'task'>;

/** Tells of each thing once that it cannot be seen, and once that it can again. */
export class Sightings {
  readonly #add: (record: LogRecord) => void;
  readonly #unseen = new Map<string, Named>();

  constructor(add: (record: LogRecord) => void) {
    this.#add = add;
  }

  /** `key`: what stays the same of it, such as the id of its container. */
  unseen(key: string, record: LogUnseen): void {
    if (this.#unseen.has(key)) return;
    this.noteTold(key, record);
    this.#add(record);
  }

  /** It was told already that this cannot be seen. */
  noteTold(key: string, { name, host, task }: Named): void {
    this.#unseen.set(key, { name, host, task });
  }

  seen(key: string): void {
    const named = this.#unseen.get(key);
    if (named === undefined) return;
    this.#unseen.delete(key);
    this.#add({ type: 'seen', ...named });
  }

  /** It is there no more. */
  forget(key: string): void {
    this.#unseen.delete(key);
  }

  get keys(): string[] {
    return [...this.#unseen.keys()];
  }
}
