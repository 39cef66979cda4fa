import { reasonOf } from '#core/log.ts';
import type { Deps } from '../deps.ts';
import { gather, targetsNow } from './gather.ts';
import type { Post } from './posting.ts';
import { type Sending, sendDue } from './send-due.ts';

/** Tells targets what is on record; beside everything else, so that a slow receiver holds up nobody. */
export interface Teller {
  /** One round, after the one that is under way. */
  tell: () => Promise<void>;
  close: () => Promise<void>;
}

type Needs = Pick<Deps, 'store' | 'nowMs' | 'sealer' | 'log'>;

/** One round: what is on record becomes messages, what is due is sent. True where there is anybody to tell. */
export async function tellOnce(needs: Needs & Sending): Promise<boolean> {
  const targets = await targetsNow(needs);
  await gather(needs, targets);
  const enabled = targets.filter(({ disabledAt }) => disabledAt === null);
  await Promise.all(enabled.map((target) => sendDue(needs, target)));
  return targets.length > 0;
}

export function startTeller(deps: Needs, { everyMs, post }: { everyMs: number; post: Post }): Teller {
  const needs = { ...deps, post, random: Math.random };
  let current = Promise.resolve();
  let waiting = 0;
  const tell = (): Promise<void> => {
    if (waiting > 1) return current;
    waiting += 1;
    current = current.then(async () => {
      try {
        await tellOnce(needs);
      } catch (error) {
        deps.log(`webhooks out: ${reasonOf(error)}`);
      } finally {
        waiting -= 1;
      }
    });
    return current;
  };
  const timer = setInterval(() => void tell(), everyMs);
  return {
    tell,
    close() {
      clearInterval(timer);
      return current;
    },
  };
}
