import { reasonOf } from '#core/log.ts';
import { parseIp } from '#core/net/cidr.ts';
import { hostOf } from '#core/webhooks/out/public-address.ts';
import { notPosted, type Post, postTimeoutMs, retryAfterOf } from './posting.ts';

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * Posts from where no name can be resolved (Workers), so that what a name leads to cannot be looked at: only https to a
 * name of the public Internet, never to an address, and no redirect is followed. Never throws.
 */
export const fetchPost =
  (fetch: Fetch): Post =>
  async ({ url, headers, body }) => {
    try {
      const refusal = whyNotPosted(new URL(url));
      if (refusal !== null) return notPosted(refusal);
      const signal = AbortSignal.timeout(postTimeoutMs);
      const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
      await answer.body?.cancel();
      return { status: answer.status, error: null, retryAfterMs: retryAfterOf(answer.headers.get('retry-after')) };
    } catch (error) {
      return notPosted(reasonOf(error));
    }
  };

/** Suffixes that no public name has (RFC 6761, 6762, 8375, 9476; `.internal` is set aside for private use). */
const localSuffixes = ['localhost', 'local', 'internal', 'home.arpa', 'alt', 'test', 'invalid', 'onion'];
/** Never given out in the public root, and common in networks of offices and homes. */
const commonSuffixes = ['lan', 'intranet', 'private', 'corp', 'home', 'localdomain', 'workgroup'];

/** Why nothing is sent there from Workers; null where it may be. The URL parser has normalised what stands in it. */
export function whyNotPosted(url: URL): string | null {
  if (url.protocol !== 'https:') return 'it is not reached by TLS';
  const name = hostOf(url);
  if (parseIp(name) !== undefined) return 'Workers send to names only, not to addresses';
  const isLocal = [...localSuffixes, ...commonSuffixes].some(
    (suffix) => name === suffix || name.endsWith(`.${suffix}`),
  );
  return isLocal || !name.includes('.') ? `${name} is not a name of the public Internet` : null;
}
