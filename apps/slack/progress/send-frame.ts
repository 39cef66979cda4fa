import { textAt } from '#core/member.ts';
import type { WebAnswer, WebApi } from '../web/web-api.ts';
import type { Frame, Sent } from './sender.ts';

/** Sends one frame: posts it, below another one or for one person alone, or changes what is there. */
export async function sendFrame(
  web: WebApi,
  { channel, ts, threadTs, onlyFor, message, postId }: Frame,
): Promise<Sent> {
  if (ts !== null) return sentOf(await web('chat.update', { channel, ts, ...message }), ts);
  if (onlyFor !== null) return sentOf(await web('chat.postEphemeral', { channel, user: onlyFor, ...message }), '');
  const posted = { channel, thread_ts: threadTs, ...noPreview, ...message };
  const answer = await web('chat.postMessage', { ...posted, client_msg_id: postId });
  // Slack knows the id and not any more the message: what was posted under it is gone, so it is posted anew.
  if (answer.kind === 'refused' && lost.includes(answer.error))
    return sentOf(await web('chat.postMessage', { ...posted }), '');
  const sent = sentOf(answer, '');
  const stands = answer.kind === 'ok' ? textAt(answer.body, 'message', 'text') : null;
  return sent.kind === 'sent' && stands !== null && stands !== message.text ? { ...sent, isOlder: true } : sent;
}

/** What Slack answers for a `client_msg_id` that it has seen and cannot find. */
const lost = ['duplicate_message_not_found', 'duplicate_channel_not_found'];

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
