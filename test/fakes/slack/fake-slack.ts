import { Hono } from 'hono';
import { signatureOf } from '#slack/signature.ts';
import { at } from './limits.ts';
import { RateLimits } from './rates.ts';
import { ResponseUrls } from './response-urls.ts';
import { Triggers } from './triggers.ts';
import { timestamp, webApi } from './web-api.ts';
import { type FakeMessage, newWorkspace, type Workspace } from './workspace.ts';

export interface FakeSlackOptions {
  /** Where this Slack is reached by the app: its `slackApiUrl` is `<url>/api/`. */
  url: string;
  /** The app's request URL, called as Slack would. */
  app: (request: Request) => Response | Promise<Response>;
  nowMs?: () => number;
}

/**
 * Slack as far as we use it: Web API, signed commands, clicks, modals and events, response URLs; with Slack's limits of
 * size, rate and time. Nothing here knows Flotilla.
 */
export class FakeSlack {
  readonly workspace: Workspace = newWorkspace();
  readonly rates: RateLimits;
  readonly instead = new Map<string, () => Response | Promise<Response>>();
  /** The app's request URL; may be another one after a restart. */
  app: FakeSlackOptions['app'];
  /** Sends by Socket Mode; null when nobody is connected. */
  socket: (type: string, payload: unknown) => Promise<Response | null> = () => Promise.resolve(null);
  readonly #url: string;
  readonly #nowMs: () => number;
  readonly #triggers: Triggers;
  readonly #responseUrls: ResponseUrls;
  readonly routes: Hono;

  constructor(options: FakeSlackOptions) {
    this.app = options.app;
    this.#url = options.url;
    this.#nowMs = options.nowMs ?? Date.now;
    this.rates = new RateLimits(this.#nowMs);
    this.#triggers = new Triggers(this.#nowMs);
    this.#responseUrls = new ResponseUrls(this.workspace, this.#nowMs);
    const socketUrl = (): string => `${options.url.replace(/^http/, 'ws')}/socket`;
    const deps = { workspace: this.workspace, rates: this.rates, triggers: this.#triggers, nowMs: this.#nowMs };
    this.routes = new Hono()
      .route('/', webApi({ ...deps, instead: this.instead, socketUrl }))
      .route('/', this.#responseUrls.routes());
  }

  /** Types a slash command; what the app answers at once is shown to the person alone, unless it says otherwise. */
  async command(user: string, channel: string, text: string, command = '/swarm'): Promise<Response> {
    const form = new URLSearchParams({
      token: 'legacy-verification-token',
      team_id: this.workspace.users.get(user)?.team ?? this.workspace.team,
      team_domain: 'fake',
      channel_id: channel,
      channel_name: this.workspace.channels.get(channel)?.name ?? 'directmessage',
      user_id: user,
      user_name: this.workspace.users.get(user)?.name ?? user,
      command,
      text,
      api_app_id: 'A0FAKE',
      response_url: this.#responseUrl(channel, user, null),
      trigger_id: this.#triggers.make(user),
    });
    const response = await this.#send(form.toString(), 'application/x-www-form-urlencoded');
    await this.#show(user, channel, response.clone());
    return response;
  }

  /** Clicks a button of a message. @throws Error when the message has no such button */
  async click(user: string, message: FakeMessage, actionId: string): Promise<Response> {
    const block = message.blocks.find((one) =>
      elementsOf(one).some((element) => at(element, 'action_id') === actionId),
    );
    const element = elementsOf(block).find((one) => at(one, 'action_id') === actionId);
    if (element === undefined) throw new Error(`the message has no button ${actionId}`);
    return this.#interact(user, {
      type: 'block_actions',
      trigger_id: this.#triggers.make(user),
      response_url: this.#responseUrl(message.channel, user, message),
      container: { type: 'message', message_ts: message.ts, channel_id: message.channel },
      channel: { id: message.channel },
      message: { ts: message.ts, thread_ts: message.threadTs ?? undefined, text: message.text, blocks: message.blocks },
      actions: [
        { ...Object(element), block_id: at(block, 'block_id'), action_ts: timestamp(this.workspace, this.#nowMs()) },
      ],
    });
  }

  /** Sends a modal with values by block id and action id. Errors of the answer keep it open. */
  async submit(user: string, viewId: string, values: Record<string, Record<string, unknown>>): Promise<Response> {
    const open = this.workspace.views.get(viewId);
    if (open === undefined) throw new Error(`there is no view ${viewId}`);
    const response = await this.#interact(user, {
      type: 'view_submission',
      trigger_id: this.#triggers.make(user),
      view: {
        id: viewId,
        hash: open.hash,
        app_installed_team_id: this.workspace.team,
        ...open.view,
        state: { values },
      },
    });
    const answer = await response.clone().text();
    if (!answer.includes('"response_action":"errors"')) this.workspace.views.delete(viewId);
    return response;
  }

  /** An event, sent again (at once, then twice more) until it is answered with 2xx. */
  async event(body: Record<string, unknown>, eventId = `Ev${this.#nowMs()}`): Promise<Response> {
    const envelope = JSON.stringify({
      type: 'event_callback',
      team_id: this.workspace.team,
      event_id: eventId,
      event_time: Math.floor(this.#nowMs() / 1000),
      event: body,
    });
    for (let retry = 0; ; retry += 1) {
      const headers = retry === 0 ? {} : { 'x-slack-retry-num': String(retry), 'x-slack-retry-reason': 'http_error' };
      const response = await this.#send(envelope, 'application/json', headers);
      if (response.ok || retry === 3 || response.headers.get('x-slack-no-retry') === '1') return response;
    }
  }

  /** What a person reads in a channel: messages for all, and those for him alone. */
  transcript(channel: string, user: string | null = null): FakeMessage[] {
    return this.workspace.messages.filter(
      (message) => message.channel === channel && (message.onlyFor === null || message.onlyFor === user),
    );
  }

  #interact(user: string, payload: Record<string, unknown>): Promise<Response> {
    const known = this.workspace.users.get(user);
    const who = { id: user, username: known?.name ?? user, team_id: known?.team ?? this.workspace.team };
    const whole = { ...payload, user: who, team: { id: known?.team ?? this.workspace.team }, api_app_id: 'A0FAKE' };
    const form = new URLSearchParams({ payload: JSON.stringify(whole) });
    return this.#send(form.toString(), 'application/x-www-form-urlencoded');
  }

  async #send(body: string, contentType: string, headers: Record<string, string> = {}): Promise<Response> {
    const bySocket = await this.socket(...envelopeOf(body, contentType));
    if (bySocket !== null) return bySocket;
    const seconds = String(Math.floor(this.#nowMs() / 1000));
    return this.app(
      new Request('http://app.invalid/slack/events', {
        method: 'POST',
        body,
        headers: {
          'content-type': contentType,
          'x-slack-request-timestamp': seconds,
          'x-slack-signature': await signatureOf(this.workspace.signingSecret, seconds, body),
          ...headers,
        },
      }),
    );
  }

  #responseUrl(channel: string, user: string, message: FakeMessage | null): string {
    return `${this.#url}/hooks/${this.#responseUrls.make(channel, user, message)}`;
  }

  /** Slack shows the body of the answer, or its own sentence when the app failed. */
  async #show(user: string, channel: string, response: Response): Promise<void> {
    const body = await response.text();
    const json = /json/.test(response.headers.get('content-type') ?? '') ? Object(JSON.parse(body)) : { text: body };
    const text = response.ok
      ? String(json.text ?? '')
      : `/swarm failed with the error "dispatch_failed" (${response.status})`;
    if (text === '' && json.blocks === undefined) return;
    this.workspace.messages.push({
      channel,
      ts: timestamp(this.workspace, this.#nowMs()),
      threadTs: null,
      onlyFor: json.response_type === 'in_channel' ? null : user,
      text,
      blocks: Array.isArray(json.blocks) ? json.blocks : [],
      edits: 0,
    });
  }
}

/** What goes by Socket Mode, with Slack's word for its kind. */
function envelopeOf(body: string, contentType: string): [type: string, payload: unknown] {
  if (contentType === 'application/json') return ['events_api', JSON.parse(body)];
  const form = Object.fromEntries(new URLSearchParams(body));
  return form['payload'] === undefined ? ['slash_commands', form] : ['interactive', JSON.parse(form['payload'])];
}

const elementsOf = (block: unknown): unknown[] => {
  const elements = at(block, 'elements');
  const accessory = at(block, 'accessory');
  return [...(Array.isArray(elements) ? elements : []), ...(accessory === undefined ? [] : [accessory])];
};
