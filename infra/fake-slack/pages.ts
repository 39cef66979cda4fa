import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Hono } from 'hono';
import { z } from 'zod';
import type { FakeSlack } from '#test/fakes/slack/fake-slack.ts';

const file = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8');

const said = z.object({ user: z.string(), channel: z.string(), text: z.string() });
const clicked = z.object({ user: z.string(), ts: z.string(), action: z.string() });
const sent = z.object({
  user: z.string(),
  view: z.string(),
  values: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))),
});

/** A page that looks like a channel, to try every command, button and form without a workspace. */
export function fakeSlackPages(slack: FakeSlack): Hono {
  const { workspace } = slack;
  return new Hono()
    .get('/', (c) => c.html(file('page.html')))
    .get('/page.js', (c) => c.body(file('page.js'), 200, { 'content-type': 'text/javascript; charset=utf-8' }))
    .get('/page/state', (c) => {
      const user = c.req.query('user') ?? '';
      const channel = c.req.query('channel') ?? '';
      return c.json({
        users: [...workspace.users.values()],
        channels: [...workspace.channels.values()],
        messages: slack.transcript(channel, user),
        view: [...workspace.views.values()].find((view) => view.user === user) ?? null,
      });
    })
    .post('/page/command', async (c) => {
      const { user, channel, text } = said.parse(await c.req.json());
      return c.json({ status: (await slack.command(user, channel, text)).status });
    })
    .post('/page/click', async (c) => {
      const { user, ts, action } = clicked.parse(await c.req.json());
      const message = workspace.messages.find((one) => one.ts === ts);
      if (message === undefined) return c.json({ status: 404 }, 404);
      return c.json({ status: (await slack.click(user, message, action)).status });
    })
    .post('/page/submit', async (c) => {
      const { user, view, values } = sent.parse(await c.req.json());
      const text = await (await slack.submit(user, view, values)).text();
      return c.body(text === '' ? '{}' : text, 200, { 'content-type': 'application/json' });
    })
    .post('/page/close', async (c) => {
      const { view } = z.object({ view: z.string() }).parse(await c.req.json());
      workspace.views.delete(view);
      return c.json({});
    });
}
