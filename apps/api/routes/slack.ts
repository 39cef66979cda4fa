import type { Context as HonoContext } from 'hono';
import type { Background, SlackDoor } from '#slack/slack-app.ts';
import type { AppEnv } from '../http/env.ts';
import { router } from '../http/router.ts';

/** Commands, clicks, modals, options and events of Slack: one address, vouched for by Slack's signature. */
export const slackRoutes = (door: SlackDoor) =>
  router().post('/slack/events', (c) => door.handle(c.req.raw, backgroundOf(c)));

/** `waitUntil` where the runtime has it; on Node what was begun goes on by itself. */
function backgroundOf(c: HonoContext<AppEnv>): Background {
  try {
    const { executionCtx } = c;
    return (work) => executionCtx.waitUntil(work);
  } catch {
    return () => {};
  }
}
