import { memberAt, textAt } from '#core/member.ts';
import { reasonOf } from '#core/log.ts';
import type { Method } from './methods.ts';

/** What came of a call, as data: nothing of Slack's is an exception here. */
export type WebAnswer =
  | { kind: 'ok'; body: unknown }
  /** 429: not before so many milliseconds. */
  | { kind: 'limited'; retryAfterMs: number }
  /** Slack's own word for why not, such as `channel_not_found`. */
  | { kind: 'refused'; error: string }
  /** No answer, or none that could be read. */
  | { kind: 'away'; why: string };

export type WebApi = (method: Method, args: Readonly<Record<string, unknown>>, limitMs?: number) => Promise<WebAnswer>;

export interface WebApiSettings {
  /** `https://slack.com/api/`. */
  apiUrl: string;
  botToken: string;
  fetch: (request: Request) => Promise<Response>;
}

const limitMsUsual = 5_000;

/**
 * One call of Slack's Web API, asked once: who calls knows whether and when to ask again. Bolt's own client would
 * ask for half an hour, and would show frames that are long over.
 */
export const webApi =
  ({ apiUrl, botToken, fetch }: WebApiSettings): WebApi =>
  async (method, args, limitMs = limitMsUsual) => {
    try {
      const response = await fetch(
        new Request(`${apiUrl.replace(/\/?$/, '/')}${method}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${botToken}`, 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams(Object.entries(args).flatMap(([name, value]) => fieldOf(name, value))),
          signal: AbortSignal.timeout(limitMs),
          redirect: 'manual',
        }),
      );
      return await answerOf(response);
    } catch (error) {
      return { kind: 'away', why: reasonOf(error) };
    }
  };

/** `users.info` and others take forms only; what has parts is JSON within. */
function fieldOf(name: string, value: unknown): [string, string][] {
  if (value === undefined || value === null) return [];
  return [[name, typeof value === 'string' ? value : JSON.stringify(value)]];
}

async function answerOf(response: Response): Promise<WebAnswer> {
  if (response.status === 429) {
    await response.body?.cancel();
    return { kind: 'limited', retryAfterMs: retryAfterMs(response) };
  }
  if (!response.ok) {
    await response.body?.cancel();
    return { kind: 'away', why: `HTTP ${response.status}` };
  }
  const body: unknown = await response.json();
  // Errors come with 200, a limit at times as well.
  if (memberAt(body, 'ok') === true) return { kind: 'ok', body };
  const error = textAt(body, 'error') ?? 'no reason';
  if (error === 'ratelimited' || error === 'rate_limited')
    return { kind: 'limited', retryAfterMs: retryAfterMs(response) };
  return temporary.includes(error) ? { kind: 'away', why: error } : { kind: 'refused', error };
}

/** What Slack says of itself, not of the request. */
const temporary = ['fatal_error', 'internal_error', 'service_unavailable', 'request_timeout'];

const retryAfterMs = (response: Response): number =>
  Math.max(1, Number(response.headers.get('retry-after')) || 30) * 1000;
