import { parseIp } from '../../net/cidr.ts';
import { isPublicIp } from '../../net/public.ts';

/**
 * Why an address is not one of the public Internet, as far as it can be read from it; null where it may be one. What its
 * name leads to is looked at when something is sent. The URL parser has normalised what stands there.
 */
export function whyNotPublic(url: URL): string | null {
  if (url.protocol !== 'https:') return 'is not reached by https';
  const host = hostOf(url);
  const isPrivate = parseIp(host) === undefined ? /(?:^|\.)localhost$/.test(host) : !isPublicIp(host);
  return isPrivate ? `is at ${host}, which is not a public address` : null;
}

/** The name or address that a URL leads to: without the brackets of an IPv6 address, or the dot that ends a whole name. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
