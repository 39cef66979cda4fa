import { z } from 'zod';

/** An address or network as a number, so that containment is arithmetic in both families. */
export interface Cidr {
  family: 4 | 6;
  base: bigint;
  prefix: number;
}

const bitsOf = (family: 4 | 6): number => (family === 4 ? 32 : 128);

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255))
    return undefined;
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function parseIpv6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2 || !/^[0-9a-fA-F:]+$/.test(text)) return undefined;
  const groupsOf = (half: string | undefined): string[] => (half === undefined || half === '' ? [] : half.split(':'));
  const head = groupsOf(halves[0]);
  const tail = groupsOf(halves[1]);
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: halves.length === 2 ? missing : 0 }, () => '0'), ...tail];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return groups.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
}

/** The number of an address, or undefined when the text is not one. IPv4 without leading zeros; IPv6 without a zone. */
export function parseIp(text: string): { family: 4 | 6; value: bigint } | undefined {
  const family = text.includes(':') ? 6 : 4;
  const value = family === 4 ? parseIpv4(text) : parseIpv6(text);
  return value === undefined ? undefined : { family, value };
}

/** A network such as `10.200.1.0/24`. Host bits must be zero; undefined when the text is not a network. */
export function parseCidr(text: string): Cidr | undefined {
  const [address, prefixText, more] = text.split('/');
  const ip = parseIp(address ?? '');
  if (ip === undefined || prefixText === undefined || more !== undefined || !/^\d{1,3}$/.test(prefixText))
    return undefined;
  const prefix = Number(prefixText);
  if (prefix > bitsOf(ip.family)) return undefined;
  const hostBits = BigInt(bitsOf(ip.family) - prefix);
  return (ip.value >> hostBits) << hostBits === ip.value ? { family: ip.family, base: ip.value, prefix } : undefined;
}

/** The network that an address with a prefix length is in: `10.0.0.7`, 24 → `10.0.0.0/24` as numbers. */
export function networkOf(address: string, prefix: number): Cidr | undefined {
  const ip = parseIp(address);
  if (ip === undefined || prefix < 0 || prefix > bitsOf(ip.family)) return undefined;
  const hostBits = BigInt(bitsOf(ip.family) - prefix);
  return { family: ip.family, base: (ip.value >> hostBits) << hostBits, prefix };
}

/** True when the two networks share an address. */
export function overlaps(a: Cidr, b: Cidr): boolean {
  if (a.family !== b.family) return false;
  const shift = BigInt(bitsOf(a.family) - Math.min(a.prefix, b.prefix));
  return a.base >> shift === b.base >> shift;
}

/** True when `inner` lies wholly in `outer`. */
export const contains = (outer: Cidr, inner: Cidr): boolean => outer.prefix <= inner.prefix && overlaps(outer, inner);

/** True when the address lies in the network. */
export function includesIp(network: Cidr, address: string): boolean {
  const ip = parseIp(address);
  return ip !== undefined && contains(network, { family: ip.family, base: ip.value, prefix: bitsOf(ip.family) });
}

/** How many addresses a network has, network and broadcast included. */
export const sizeOf = (network: Cidr): bigint => 1n << BigInt(bitsOf(network.family) - network.prefix);

export const ipSchema = z.string().refine((text) => parseIp(text) !== undefined, 'is not an IP address');
export const cidrSchema = z
  .string()
  .refine((text) => parseCidr(text) !== undefined, 'is not a network like `10.200.1.0/24` (host bits must be zero)');
