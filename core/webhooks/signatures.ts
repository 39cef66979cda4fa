import { base64Of, bytesOfSentBase64, joined } from '../audit/base64.ts';
import { fromHex, type Hmac, hmac, isHmac, utf8 } from '../hmac.ts';

/* How senders of webhooks sign. Every check takes the bytes as they came and all live secrets: two while one is rolled. */

type Bytes = Uint8Array<ArrayBuffer>;
export type SignatureVerdict = 'good' | 'missing' | 'outside-window' | 'forged';

/** What the sender's headers say; names in lower case. */
export type Headers = Readonly<Record<string, string | undefined>>;

export interface Delivery {
  body: Bytes;
  headers: Headers;
  nowMs: number;
  /** The runtime's own, where it has one. */
  hmac?: Hmac;
}

/** Standard Webhooks 1.0.0: both clocks may be five minutes apart. */
const windowSeconds = 300;

const oneOf = async (
  by: Hmac | undefined,
  secrets: readonly Bytes[],
  signed: Bytes,
  macs: readonly Bytes[],
): Promise<SignatureVerdict> => {
  const verdicts = await Promise.all(secrets.flatMap((secret) => macs.map((mac) => isHmac(secret, signed, mac, by))));
  return verdicts.includes(true) ? 'good' : 'forged';
};

/** GitHub: `X-Hub-Signature-256: sha256=<hex>` over the body alone; there is no time in it. */
export async function checkGithub(
  { body, headers, hmac: by }: Delivery,
  secrets: readonly string[],
): Promise<SignatureVerdict> {
  const header = headers['x-hub-signature-256'];
  if (header === undefined) return 'missing';
  const mac = header.startsWith('sha256=') ? fromHex(header.slice(7)) : undefined;
  return mac === undefined ? 'forged' : oneOf(by, secrets.map(utf8), body, [mac]);
}

/**
 * Standard Webhooks, also GitLab's signing tokens: HMAC-SHA256 over `id.timestamp.body`, base64, a list of `v1,…`.
 * Secrets are written `whsec_<base64>`; one that is not is taken as it stands.
 */
export async function checkStandard(
  { body, headers, nowMs, hmac: by }: Delivery,
  secrets: readonly string[],
): Promise<SignatureVerdict> {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': list } = headers;
  if (id === undefined || list === undefined || !/^\d{1,15}$/.test(timestamp ?? '')) return 'missing';
  if (Math.abs(nowMs / 1000 - Number(timestamp)) > windowSeconds) return 'outside-window';
  const macs = list.split(' ').flatMap((one) => (one.startsWith('v1,') ? (bytesOfSentBase64(one.slice(3)) ?? []) : []));
  if (macs.length === 0) return 'forged';
  return oneOf(by, secrets.map(standardSecret), joined(utf8(`${id}.${timestamp}.`), body), macs);
}

const standardSecret = (secret: string): Bytes =>
  (secret.startsWith('whsec_') ? bytesOfSentBase64(secret.slice(6)) : null) ?? utf8(secret);

/** `v1,<base64>` for a body, as a sender makes it. */
export async function standardSignature(
  secret: string,
  signed: { id: string; timestamp: string; body: string },
  by: Hmac = hmac,
): Promise<string> {
  const { id, timestamp, body } = signed;
  return `v1,${base64Of(await by(standardSecret(secret), utf8(`${id}.${timestamp}.${body}`)))}`;
}

/**
 * A secret that is sent in clear: GitLab's old `X-Gitlab-Token`, Harbor's `Authorization`. Compared by MACs under a key
 * of this moment, so that the time tells nothing.
 */
export async function checkShared(given: string | undefined, secrets: readonly string[]): Promise<SignatureVerdict> {
  if (given === undefined || given === '') return 'missing';
  const key = crypto.getRandomValues(new Uint8Array(32));
  const mac = await hmac(key, utf8(given));
  const verdicts = await Promise.all(
    secrets.filter((secret) => secret !== '').map((secret) => isHmac(key, utf8(secret), mac)),
  );
  return verdicts.includes(true) ? 'good' : 'forged';
}
