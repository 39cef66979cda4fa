import { lookup } from 'node:dns/promises';
import { Agent, request } from 'undici';
import { reasonOf } from '#core/log.ts';
import { parseIp } from '#core/net/cidr.ts';
import { isPublicIp } from '#core/net/public.ts';
import { notPosted, type Post, postTimeoutMs, retryAfterOf } from './posting.ts';

/**
 * Posts to where people have pointed us, and to nowhere else: the name is resolved here, every address of it has to be
 * public, and the connection goes to the very address that was looked at. Redirects are not followed. Never throws.
 */
export const guardedPost: Post = async ({ url, headers, body, allowPrivate }) => {
  try {
    const target = new URL(url);
    if (target.protocol !== 'https:' && !allowPrivate) return notPosted('it is not reached by TLS');
    const host = target.hostname.replace(/^\[|\]$/g, '');
    const ip = parseIp(host);
    const addresses = ip === undefined ? await lookup(host, { all: true }) : [{ address: host, family: ip.family }];
    const refused = allowPrivate ? undefined : addresses.find(({ address }) => !isPublicIp(address));
    if (refused !== undefined)
      return notPosted(`${refused.address} is not a public address, and the target was made without --allow-private`);
    const [first] = addresses;
    if (first === undefined) return notPosted('its name has no address');
    const agent = new Agent({
      connect: { lookup: (_host, options, done) => pinned(first, options.all === true, done) },
    });
    try {
      const signal = AbortSignal.timeout(postTimeoutMs);
      const answer = await request(target, { method: 'POST', headers, body, dispatcher: agent, signal });
      await answer.body.dump({ limit: 65_536, signal });
      return { status: answer.statusCode, error: null, retryAfterMs: retryAfterOf(answer.headers['retry-after']) };
    } finally {
      await agent.destroy();
    }
  } catch (error) {
    return notPosted(reasonOf(error));
  }
};

interface Address {
  address: string;
  family: number;
}
type Done = (error: null, address: string | Address[], family?: number) => void;

function pinned({ address, family }: Address, wantsAll: boolean, done: Done): void {
  if (wantsAll) done(null, [{ address, family }]);
  else done(null, address, family);
}
