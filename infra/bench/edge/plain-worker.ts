import { App, type Receiver } from '@slack/bolt';
import { Hono } from 'hono';

/** What a Worker costs that is nothing but Hono and Bolt: the floor of the bench `edge`. */
class PlainReceiver implements Receiver {
  #app: App | undefined;

  init(app: App): void {
    this.#app = app;
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  async handle(body: Record<string, unknown>): Promise<Response> {
    const { promise, resolve } = Promise.withResolvers<Response>();
    const ack = (text: unknown): Promise<void> => Promise.resolve(resolve(new Response(String(text))));
    await this.#app?.processEvent({ body, ack });
    return await promise;
  }
}

const app = new Hono();

app.post('/slack/events', async (c) => {
  const receiver = new PlainReceiver();
  const bolt = new App({
    receiver,
    authorize: () => Promise.resolve({ botToken: 'xoxb-0', botId: 'B', botUserId: 'U' }),
  });
  bolt.command('/swarm', async ({ ack }) => await ack('hello'));
  return await receiver.handle(await c.req.parseBody());
});

export default app;

/** Only because wrangler.toml names it. */
export function Writer(): void {}
