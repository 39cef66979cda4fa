import type { Message } from '../blocks/text.ts';
import type { WebApi } from '../web/web-api.ts';

/** Tells one person alone, where he is; where the app cannot speak, in his own conversation with it. */
export async function tellOne(
  web: WebApi,
  { channel, user }: { channel: string; user: string },
  message: Message,
): Promise<void> {
  const here = await web('chat.postEphemeral', { channel, user, ...message });
  if (here.kind === 'ok') return;
  const there = await web('chat.postMessage', { channel: user, ...message });
  if (there.kind !== 'ok') throw new Error(`nobody could be told: ${here.kind}, ${there.kind}`);
}
