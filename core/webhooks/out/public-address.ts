/* What can be said of an address before it is asked: what its name leads to is looked at when something is sent. */

/** IPv4 of this machine, of private networks and of links; the URL parser has normalised what stands there. */
const privateIpv4 =
  /^(?:0|10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.[\d.]+$/;
/** IPv6 of this machine, of private networks and of links. */
const privateIpv6 = /^\[(?:::1?\]|f[cd]|fe[89ab])/;

/** Why an address is not one of the public Internet, as far as it can be read from it; null where it may be one. */
export function whyNotPublic({ protocol, hostname }: URL): string | null {
  if (protocol !== 'https:') return 'is not reached by https';
  const name = hostname.replace(/\.$/, '');
  const isPrivate = privateIpv4.test(name) || privateIpv6.test(name) || /(?:^|\.)localhost$/.test(name);
  return isPrivate ? `is at ${name}, which is not a public address` : null;
}
