import { hexOf, joined } from '#core/audit/base64.ts';
import { fromHex, type Hmac, hmac, isHmac, utf8 } from '#core/hmac.ts';

/** How far Slack's clock and ours may be apart, on both sides. https://docs.slack.dev/authentication/verifying-requests-from-slack */
const windowSeconds = 300;

export interface Signed {
  /** The bytes as they came. */
  body: Uint8Array<ArrayBuffer>;
  /** Header `x-slack-request-timestamp`: seconds since the epoch. */
  timestamp: string | null;
  /** Header `x-slack-signature`: `v0=` and 64 hex digits. */
  signature: string | null;
}

export type SignatureVerdict = 'good' | 'missing' | 'outside-window' | 'forged';

/** Whether one of our signing secrets signed this body at this time. Two may live at once while one is rolled. */
export async function checkSignature(
  { body, timestamp, signature }: Signed,
  secrets: readonly string[],
  nowMs: number,
  by: Hmac = hmac,
): Promise<SignatureVerdict> {
  if (timestamp === null || signature === null || !/^\d{1,12}$/.test(timestamp)) return 'missing';
  if (Math.abs(nowMs / 1000 - Number(timestamp)) > windowSeconds) return 'outside-window';
  const mac = signature.startsWith('v0=') ? fromHex(signature.slice(3)) : undefined;
  if (mac === undefined) return 'forged';
  const signed = joined(utf8(`v0:${timestamp}:`), body);
  const verdicts = await Promise.all(secrets.map((secret) => isHmac(utf8(secret), signed, mac, by)));
  return verdicts.includes(true) ? 'good' : 'forged';
}

/** `v0=…` for a body, as Slack makes it. */
export const signatureOf = async (secret: string, timestamp: string, body: string): Promise<string> =>
  `v0=${hexOf(await hmac(utf8(secret), utf8(`v0:${timestamp}:${body}`)))}`;
