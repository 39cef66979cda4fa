import { type Act, actLine } from '../blocks/act-line.ts';
import { type Message, message, section } from '../blocks/text.ts';
import { postIdOf } from './post-id.ts';
import type { Frame, Settled } from './sender.ts';

/*
 * What a channel is told of a cluster that it follows, from the record alone: acts of a look are one message, and the
 * place in the record moves on once Slack took it. Operations have messages of their own (feed.ts).
 */

/** How far a channel was told. */
export interface Following {
  /** A name, or `*` for those without a channel of their own. */
  cluster: string;
  channel: string;
  /** The last event of the record that it was told, or needed not be. */
  seen: number;
  /** Slack's word for why it is not told. */
  fault: string | null;
}

export interface FollowDeps {
  followings: () => Promise<Following[]>;
  /** What is new for one of them: acts that have a line, and how far the record was read for that. */
  news: (following: Following, all: readonly Following[]) => Promise<{ acts: Act[]; last: number }>;
  moved: (following: Following, change: Partial<Pick<Following, 'seen' | 'fault'>>) => Promise<void>;
  offer: (frame: Frame) => void;
  nowMs: () => number;
  log: (line: string) => void;
}

/** A channel that Slack does not take is tried again after so long. */
const againMs = 60_000;
const prefix = 'follow ';

export class Follower {
  readonly #deps: FollowDeps;
  /** What the sender has now, by key: one message of a channel after the other. */
  readonly #offered = new Map<string, { following: Following; last: number }>();
  readonly #notBefore = new Map<string, number>();

  constructor(deps: FollowDeps) {
    this.#deps = deps;
  }

  /** Whether a frame is one of these. */
  static owns({ key }: Pick<Frame, 'key'>): boolean {
    return key.startsWith(prefix);
  }

  async look(): Promise<void> {
    const all = await this.#deps.followings();
    for (const following of all) {
      await this.#tell(following, all).catch((error: unknown) =>
        this.#deps.log(`slack: ${following.channel} is not told of ${following.cluster}: ${String(error)}`),
      );
    }
  }

  async #tell(following: Following, all: readonly Following[]): Promise<void> {
    const { channel, cluster, seen } = following;
    const key = `${prefix}${cluster} ${channel}`;
    if (this.#offered.has(key) || this.#deps.nowMs() < (this.#notBefore.get(key) ?? 0)) return;
    const { acts, last } = await this.#deps.news(following, all);
    const told = messageOf(acts);
    if (told === null) return last === seen ? undefined : await this.#deps.moved(following, { seen: last });
    this.#offered.set(key, { following, last });
    const frame = { key, channel, ts: null, threadTs: null, onlyFor: null, message: told, urgency: 'must' } as const;
    this.#deps.offer({ ...frame, postId: await postIdOf(key, seen, last) });
  }

  async settled({ key }: Frame, settled: Settled): Promise<void> {
    const offered = this.#offered.get(key);
    if (offered === undefined) return;
    try {
      if (settled.kind === 'sent') await this.#deps.moved(offered.following, { seen: offered.last, fault: null });
      if (settled.kind === 'gone') await this.#deps.moved(offered.following, { fault: settled.why });
      if (settled.kind !== 'sent') this.#notBefore.set(key, this.#deps.nowMs() + againMs);
    } finally {
      this.#offered.delete(key);
    }
  }
}

function messageOf(acts: readonly Act[]): Message | null {
  const lines = acts.map(actLine).filter((line) => line !== null);
  const [first] = lines;
  const told = acts.find((act) => actLine(act) !== null);
  if (first === undefined || told === undefined) return null;
  const more = lines.length === 1 ? '' : ` (and ${lines.length - 1} more)`;
  return message(
    `${spoken(first, told)}${more}`,
    lines.map((line) => section(line)),
  );
}

/** The first line for notifications, which show no markup: names for ids, and moments as they are written. */
const spoken = (line: string, { actor }: Act): string =>
  (line.split('\n')[0] ?? '')
    .replace(/:[a-z_]+: /g, '')
    .replace(/<@\w+>/, actor.name)
    .replace(/<!date\^[^|>]*\|([^>]*)>/g, '$1')
    .replace(/<#(\w+)>/g, '#$1')
    .replace(/[*`\u2060]/g, '');
