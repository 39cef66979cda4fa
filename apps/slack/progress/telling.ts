import { reasonOf } from '#core/log.ts';
import { Feed, type FeedDeps } from './feed.ts';
import { type FollowDeps, Follower } from './follow.ts';
import { sendFrame } from './send-frame.ts';
import { Sender } from './sender.ts';
import type { WebApi } from '../web/web-api.ts';

export interface TellingDeps extends Omit<FeedDeps & FollowDeps, 'offer'> {
  web: WebApi;
  nowMs: () => number;
  /** Resolves after so many milliseconds, or when the signal aborts. */
  pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface Tells {
  /** One look at the database; what is new is on its way afterwards. */
  look: () => Promise<void>;
  /** Resolves when nothing waits to be sent. */
  idle: () => Promise<void>;
  close: () => Promise<void>;
}

/** The feed and the follower with their sender: looks are one after the other, sending goes on beside them. */
export function telling(deps: TellingDeps): Tells {
  const sender: Sender = new Sender({
    nowMs: deps.nowMs,
    pause: deps.pause,
    send: (frame) => sendFrame(deps.web, frame),
    settled: (frame, settled) => (Follower.owns(frame) ? follower : feed).settled(frame, settled),
    log: deps.log,
  });
  const offer: FeedDeps['offer'] = (frame) => sender.offer(frame);
  const feed = new Feed({ ...deps, offer });
  const follower = new Follower({ ...deps, offer });
  let looking = Promise.resolve();
  return {
    look: () => {
      // What is followed first: it finds operations, which are told by the feed.
      looking = looking
        .then(() => follower.look())
        .then(() => feed.look())
        .catch((error: unknown) => deps.log(`slack: ${reasonOf(error)}`));
      return looking;
    },
    idle: () => sender.idle(),
    close: async () => {
      await looking;
      await sender.close();
    },
  };
}
