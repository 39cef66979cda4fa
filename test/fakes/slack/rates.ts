/* Slack's rate limits: so many calls a minute for each method, and about one message a second for each channel. */

const perMinute: Readonly<Record<string, number>> = {
  'chat.update': 50,
  'chat.postEphemeral': 100,
  'views.open': 100,
  'views.update': 100,
  'views.push': 100,
  'users.info': 100,
  'auth.test': 200,
  'usergroups.list': 20,
  'usergroups.users.list': 20,
  'conversations.info': 50,
  'apps.connections.open': 1,
};
/** `chat.postMessage` may come in a short burst, then once a second for each channel. */
const burst = 3;

/** Counts calls; answers how many seconds a caller has to wait, or 0. */
export class RateLimits {
  readonly #nowMs: () => number;
  readonly #calls = new Map<string, number[]>();
  /** Calls that were refused, by method: what a well-behaved app never causes. */
  readonly refused = new Map<string, number>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** As if a minute had gone by. */
  forget(): void {
    this.#calls.clear();
  }

  take(method: string, channel: string): number {
    const [key, max, windowMs] =
      method === 'chat.postMessage'
        ? [`${method} ${channel}`, burst, burst * 1000]
        : [method, perMinute[method] ?? 50, 60_000];
    const now = this.#nowMs();
    const recent = (this.#calls.get(key) ?? []).filter((at) => now - at < windowMs);
    if (recent.length < max) {
      this.#calls.set(key, [...recent, now]);
      return 0;
    }
    this.#calls.set(key, recent);
    this.refused.set(method, (this.refused.get(method) ?? 0) + 1);
    return Math.max(1, Math.ceil(((recent[0] ?? now) + windowMs - now) / 1000));
  }
}
