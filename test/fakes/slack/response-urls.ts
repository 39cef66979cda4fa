import { Hono } from 'hono';
import { checkMessage } from './limits.ts';
import { timestamp } from './web-api.ts';
import type { FakeMessage, Workspace } from './workspace.ts';

const usesMax = 5;
const lifeMs = 30 * 60_000;

interface ResponseUrl {
  channel: string;
  user: string;
  /** The message whose button was clicked; null after a command. */
  message: FakeMessage | null;
  atMs: number;
  uses: number;
}

/** `POST /hooks/<id>`: five answers within thirty minutes, without a token. */
export class ResponseUrls {
  readonly #workspace: Workspace;
  readonly #nowMs: () => number;
  readonly #made = new Map<string, ResponseUrl>();

  constructor(workspace: Workspace, nowMs: () => number) {
    this.#workspace = workspace;
    this.#nowMs = nowMs;
  }

  make(channel: string, user: string, message: FakeMessage | null): string {
    const id = `r${this.#made.size + 1}`;
    this.#made.set(id, { channel, user, message, atMs: this.#nowMs(), uses: 0 });
    return id;
  }

  routes(): Hono {
    return new Hono().post('/hooks/:id', async (c) => {
      const url = this.#made.get(c.req.param('id'));
      if (url === undefined) return c.text('no_service', 404);
      if (this.#nowMs() - url.atMs > lifeMs) return c.text('expired_url', 404);
      url.uses += 1;
      if (url.uses > usesMax) return c.text('used_url', 404);
      const body: unknown = await c.req.json();
      const refused = this.#answer(url, { ...Object(body) });
      return refused === null ? c.text('ok') : c.text(refused, 400);
    });
  }

  #answer(url: ResponseUrl, body: Record<string, unknown>): string | null {
    const { messages } = this.#workspace;
    if (body['delete_original'] === true) {
      if (url.message !== null) messages.splice(messages.indexOf(url.message), 1);
      return null;
    }
    const text = typeof body['text'] === 'string' ? body['text'] : '';
    const blocks: unknown[] = Array.isArray(body['blocks']) ? body['blocks'] : [];
    const refused = checkMessage(text, blocks);
    if (refused !== null) return refused;
    if (body['replace_original'] === true && url.message !== null) {
      Object.assign(url.message, { text, blocks, edits: url.message.edits + 1 });
      return null;
    }
    messages.push({
      channel: url.channel,
      ts: timestamp(this.#workspace, this.#nowMs()),
      threadTs: null,
      onlyFor: body['response_type'] === 'in_channel' ? null : url.user,
      text,
      blocks,
      edits: 0,
    });
    return null;
  }
}
