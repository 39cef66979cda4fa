import type { Message } from '../blocks/text.ts';

/** What somebody gets for what he said or clicked: alone, or in the channel for all. */
export interface Reply {
  message: Message;
  inChannel: boolean;
}

/** The reply as Slack takes it, as the answer to a command and at a response URL. */
export const bodyOf = ({ message, inChannel }: Reply): SlackBody => ({
  response_type: inChannel ? 'in_channel' : 'ephemeral',
  replace_original: false,
  ...message,
});

export type SlackBody = Message & { response_type: 'in_channel' | 'ephemeral'; replace_original: boolean };

/** Slack's person sees nothing for so long at most; what takes longer is told afterwards. */
const firstWordMs = 700;

/** What is ready soon, or null: it goes on, and is told at the response URL. */
export async function soon<T>(work: Promise<T>, limitMs: number = firstWordMs): Promise<{ value: T } | null> {
  const { promise, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), limitMs);
  try {
    return await Promise.race([work.then((value) => ({ value })), promise]);
  } finally {
    clearTimeout(timer);
  }
}

export interface Late {
  responseUrl: string;
  fetch: (request: Request) => Promise<Response>;
}

/** Tells a reply after the request was answered. @throws Error when Slack does not take it. */
export async function tellLate(reply: Reply, { responseUrl, fetch }: Late): Promise<void> {
  const response = await fetch(
    new Request(responseUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(bodyOf(reply)),
      signal: AbortSignal.timeout(5_000),
    }),
  );
  await response.body?.cancel();
  if (!response.ok) throw new Error(`the response URL answers ${response.status}`);
}
