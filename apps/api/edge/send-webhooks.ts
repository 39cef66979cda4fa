import { reasonOf } from '#core/log.ts';
import type { Deps } from '../deps.ts';
import { fetchPost } from '../webhooks-out/fetch-post.ts';
import { tellOnce } from '../webhooks-out/teller.ts';

/**
 * How long after a minute's call webhooks are begun to be sent: the last attempt has ended before the next call, so that
 * no message is sent by two at once.
 */
const sendForMs = 40_000;
const everyMs = 3000;

/** Sends webhooks that go out until the next call is near; ends at once where there is nobody to tell. */
export async function sendWebhooks(deps: Deps, calledMs: number): Promise<void> {
  const untilMs = calledMs + sendForMs;
  const needs = { ...deps, post: fetchPost(deps.fetch), random: Math.random, untilMs };
  try {
    while (await tellOnce(needs)) {
      if (deps.nowMs() + everyMs > untilMs) return;
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  } catch (error) {
    deps.log(`webhooks out: ${reasonOf(error)}`);
  }
}
