import { textAt } from '#core/member.ts';
import type { WebAnswer, WebApi } from '../web/web-api.ts';
import type { Frame, Sent } from './sender.ts';

/** Sends one frame: posts it, below another one or for one person alone, or changes what is there. */
export async function sendFrame(web: WebApi, { channel, ts, threadTs, onlyFor, message }: Frame): Promise<Sent> {
  if (ts !== null) return sentOf(await web('chat.update', { channel, ts, ...message }), ts);
  if (onlyFor !== null) return sentOf(await web('chat.postEphemeral', { channel, user: onlyFor, ...message }), '');
  return sentOf(await web('chat.postMessage', { channel, thread_ts: threadTs, ...noPreview, ...message }), '');
}

/** Slack would fetch what is linked to, and show a part of it to all. */
const noPreview = { unfurl_links: false, unfurl_media: false };

/** Errors that an admin of the workspace mends: what waits is sent then. */
const mendable = ['invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired', 'missing_scope'];

function sentOf(answer: WebAnswer, ts: string): Sent {
  switch (answer.kind) {
    case 'ok':
      return { kind: 'sent', ts: textAt(answer.body, 'ts') ?? ts, channel: textAt(answer.body, 'channel') };
    case 'limited':
      return { kind: 'limited', retryAfterMs: answer.retryAfterMs };
    case 'refused':
      return mendable.includes(answer.error)
        ? { kind: 'failed', why: answer.error }
        : { kind: 'gone', why: answer.error };
    case 'away':
      return { kind: 'failed', why: answer.why };
  }
}
