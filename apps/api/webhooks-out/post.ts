import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { Agent, request } from 'undici';
import { reasonOf } from '#core/log.ts';
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
    const addresses = isIP(host) === 0 ? await lookup(host, { all: true }) : [{ address: host, family: isIP(host) }];
    const refused = allowPrivate ? undefined : addresses.find(({ address }) => !isPublic(address));
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

/** Special-purpose addresses of IANA's registries: this machine, private networks, links, multicast, examples. */
const special = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  special.addSubnet(network, prefix, 'ipv4');
/** Of IPv6 only what is given out for use in the whole Internet is public, without the ways to wrap an IPv4 address. */
const global = new BlockList();
global.addSubnet('2000::', 3, 'ipv6');
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  special.addSubnet(network, prefix, 'ipv6');

/** Whether an address may be reached by whoever may only name targets. */
export const isPublic = (address: string): boolean =>
  isIP(address) === 4
    ? !special.check(address, 'ipv4')
    : isIP(address) === 6 && global.check(address, 'ipv6') && !special.check(address, 'ipv6');
