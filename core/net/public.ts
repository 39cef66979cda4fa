import { type Cidr, includesIp, parseCidr, parseIp } from './cidr.ts';

/** Special-purpose networks of IANA's registries: this machine, private ones, links, multicast, examples. */
const special = networks(
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
);
/** Of IPv6 only what is given out for use in the whole Internet is public; ways to wrap an IPv4 address are special. */
const given = networks('0.0.0.0/0', '2000::/3');

/** Whether an address is one of the public Internet, so that whoever may only name targets may have it reached. */
export const isPublicIp = (address: string): boolean =>
  parseIp(address) !== undefined && isIn(given, address) && !isIn(special, address);

const isIn = (list: readonly Cidr[], address: string): boolean => list.some((network) => includesIp(network, address));

function networks(...texts: string[]): Cidr[] {
  return texts.map((text) => {
    const network = parseCidr(text);
    if (network === undefined) throw new Error(`${text} is no network`);
    return network;
  });
}
