import { type Logger, LogLevel, SocketModeClient } from '@slack/socket-mode';
import { memberAt } from '#core/member.ts';
import { envelopeOf } from '#slack/envelope.ts';
import type { Payload } from '#slack/payload.ts';
import type { SlackDoor } from '#slack/slack-app.ts';

export interface SocketModeDeps {
  appToken: string;
  apiUrl: string;
  receive: SlackDoor['receive'];
  pause: (ms: number, signal: AbortSignal) => Promise<void>;
  log: (line: string) => void;
}

const againMs = 2_000;
const againMsMax = 60_000;

/**
 * Socket Mode: the control plane calls Slack and is sent everything over that connection, so that it needs no public
 * address. Connects again whenever it ends, and goes on trying while Slack is away. The app's token vouches for what
 * comes; the workspace is looked at as for requests.
 */
export function socketMode(deps: SocketModeDeps): { close: () => Promise<void> } {
  const closing = new AbortController();
  const running = connectAgain(deps, closing.signal);
  return {
    close: async () => {
      closing.abort();
      await running;
    },
  };
}

async function connectAgain(deps: SocketModeDeps, closing: AbortSignal): Promise<void> {
  let waitMs = againMs;
  while (!closing.aborted) {
    try {
      await connected(deps, closing, () => {
        waitMs = againMs;
      });
    } catch (error) {
      if (!closing.aborted) deps.log(`slack: no connection, again in ${waitMs / 1000} s: ${reasonOf(error)}`);
    }
    await deps.pause(waitMs, closing);
    waitMs = Math.min(againMsMax, waitMs * 2);
  }
}

/** What goes wrong is told once, by us; what comes over the connection is nobody's to read in a log. */
const quiet: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
};

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : 'the connection ended');

/** One connection, until it ends. The client's own reconnecting gives up where ours goes on. */
async function connected(deps: SocketModeDeps, closing: AbortSignal, onReady: () => void): Promise<void> {
  const client = new SocketModeClient({
    appToken: deps.appToken,
    autoReconnectEnabled: false,
    logger: quiet,
    clientOptions: {
      slackApiUrl: deps.apiUrl,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      timeout: 10_000,
    },
  });
  client.on('slack_event', (event: unknown) => void answer(deps, event));
  const ended = new Promise<void>((resolve) => client.once('disconnected', () => resolve()));
  const stop = (): void => void client.disconnect().catch(() => undefined);
  closing.addEventListener('abort', stop);
  try {
    await client.start();
    onReady();
    if (closing.aborted) stop();
    await ended;
  } finally {
    closing.removeEventListener('abort', stop);
  }
}

/** Hands on what came, and acknowledges it with what is answered; what is refused is not acknowledged. */
async function answer({ receive, log }: SocketModeDeps, event: unknown): Promise<void> {
  const body = memberAt(event, 'body');
  const ack = memberAt(event, 'ack');
  const id = memberAt(event, 'envelope_id');
  if (typeof body !== 'object' || body === null || typeof ack !== 'function') return;
  try {
    const payload: Payload = { ...body };
    const response = await receive(envelopeOf(payload, String(id)), () => {});
    if (response.ok) await ack(await payloadOf(response));
  } catch (error) {
    log(`slack: ${String(error)}`);
  }
}

async function payloadOf(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return {};
  return response.headers.get('content-type')?.includes('json') === true ? JSON.parse(text) : { text };
}
