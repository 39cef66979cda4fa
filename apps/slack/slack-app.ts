import { App, LogLevel } from '@slack/bolt';
import type { Hmac } from '#core/hmac.ts';
import type { Envelope } from './envelope.ts';
import type { ControlPlane } from './ports.ts';
import { HonoReceiver } from './receiver.ts';
import { listen, type Shared } from './listen.ts';
import { Profiles } from './web/profiles.ts';
import { servedTeams } from './web/teams.ts';
import type { WebApi } from './web/web-api.ts';

export interface SlackSettings {
  /** Live signing secrets; two while one is rolled. */
  signingSecrets: readonly string[];
  botToken: string;
  /** For Socket Mode; null: Slack calls us. */
  appToken?: string | null;
  /** Workspaces that are served; none: the one of the bot's token. */
  teams: readonly string[];
  /** `https://slack.com/api/`. */
  apiUrl: string;
  /** Where people reach the API in a browser; null: reports are not linked to. */
  publicUrl?: string | null;
}

export interface SlackDeps {
  settings: SlackSettings;
  plane: ControlPlane;
  web: WebApi;
  /** The runtime's own, for response URLs. */
  fetch: (request: Request) => Promise<Response>;
  nowMs: () => number;
  /** The runtime's own, where it has one. */
  hmac?: Hmac;
  log: (line: string) => void;
}

/** Keeps what runs on after an answer alive. */
export type Background = (work: Promise<unknown>) => void;

export interface SlackDoor {
  /** Answers a request of Slack's; never throws. */
  handle: (request: Request, background: Background) => Promise<Response>;
  /** Takes what came by Socket Mode, where no signature exists: the app's token vouches for it. */
  receive: (envelope: Envelope, background: Background) => Promise<Response>;
}

/**
 * Slack's way in, the same on Node and in workerd. A Bolt app is made for each request: in workerd one request must
 * not wait for what another one began, and making one costs a tenth of a millisecond.
 */
export function slackDoor(deps: SlackDeps): SlackDoor {
  const shared: Shared = { ...deps, profiles: new Profiles(deps.web, deps.nowMs) };
  const teams = servedTeams(deps.web, deps.settings.teams);
  const receiver = (background: Background): HonoReceiver => {
    const made = new HonoReceiver({
      signingSecrets: deps.settings.signingSecrets,
      teams,
      nowMs: deps.nowMs,
      ...(deps.hmac === undefined ? {} : { hmac: deps.hmac }),
      store: deps.plane.store,
      refused: deps.plane.refused,
      background,
      log: deps.log,
    });
    listen(boltApp(made, deps.settings.botToken), shared);
    return made;
  };
  return {
    handle: (request, background) => receiver(background).handle(request),
    receive: (envelope, background) => receiver(background).receive(envelope),
  };
}

/** Bolt asks nobody who the bot is: what is sent goes through our own client. */
const boltApp = (receiver: HonoReceiver, botToken: string): App =>
  new App({
    receiver,
    authorize: () => Promise.resolve({ botToken, botId: 'B', botUserId: 'U' }),
    logLevel: LogLevel.ERROR,
    ignoreSelf: false,
  });
