import type { InputIssue } from '../errors.ts';
import { type Cidr, contains, includesIp, overlaps, parseCidr, parseIp } from '../net/cidr.ts';
import { pointerOf } from '../pointer.ts';
import type { NetworkSpec } from './network.ts';
import type { Spec } from './spec.ts';

/** The pool of swarms that were made without `address_pools`, and where their ingress network then is. */
const defaultPool = '10.0.0.0/8';

/** Subnets, gateways and address pools: inside each other where they must be, apart where they must be. */
export const checkNetworks = (spec: Ranges): InputIssue[] => [
  ...checkPools(spec),
  ...Object.entries(spec.networks).flatMap(([name, network]) => checkOne(name, network)),
  ...checkOverlaps(spec),
];

type Ranges = Pick<Spec, 'swarm' | 'networks'>;

function checkPools({ swarm }: Ranges): InputIssue[] {
  return swarm.address_pools.flatMap((text, at) => {
    const pool = parseCidr(text);
    const pointer = pointerOf(['swarm', 'address_pools', at]);
    if (pool === undefined) return [];
    if (pool.family === 6) return [{ pointer, message: 'must be an IPv4 network' }];
    if (swarm.subnet_size < pool.prefix) {
      return [{ pointer, message: `is smaller than one subnet of \`subnet_size: ${swarm.subnet_size}\`` }];
    }
    const earlier = swarm.address_pools.slice(0, at).find((other) => overlapsText(pool, other));
    return earlier === undefined ? [] : [{ pointer, message: `overlaps the pool ${earlier}` }];
  });
}

function checkOne(name: string, network: NetworkSpec): InputIssue[] {
  const issue = (key: keyof NetworkSpec, message: string): InputIssue[] => [
    { pointer: pointerOf(['networks', name, key]), message },
  ];
  const subnet = network.subnet === undefined ? undefined : parseCidr(network.subnet);
  return [
    ...(subnet?.family === 6 ? issue('subnet', 'must be an IPv4 network; write an IPv6 one as `subnet6`') : []),
    ...(subnet?.family === 4 && subnet.prefix > 29 ? issue('subnet', 'is too small; /29 is the smallest') : []),
    ...checkInside(network, subnet, issue),
    ...checkSubnet6(network, issue),
  ];
}

type Issue = (key: keyof NetworkSpec, message: string) => InputIssue[];

function checkInside(network: NetworkSpec, subnet: Cidr | undefined, issue: Issue): InputIssue[] {
  const { gateway, ip_range: range } = network;
  const needsSubnet = 'needs `subnet` beside it';
  if (subnet === undefined) {
    return [
      ...(gateway === undefined ? [] : issue('gateway', needsSubnet)),
      ...(range === undefined ? [] : issue('ip_range', needsSubnet)),
    ];
  }
  const inner = range === undefined ? undefined : parseCidr(range);
  return [
    ...(gateway === undefined || includesIp(subnet, gateway)
      ? []
      : issue('gateway', `is not in the subnet ${network.subnet}`)),
    ...(gateway !== undefined && isEdge(subnet, gateway)
      ? issue('gateway', `is the first or last address of ${network.subnet}, which no host may have`)
      : []),
    ...(inner === undefined || contains(subnet, inner)
      ? []
      : issue('ip_range', `is not in the subnet ${network.subnet}`)),
  ];
}

/** Network and broadcast address of an IPv4 subnet. */
function isEdge({ base, prefix, family }: Cidr, address: string): boolean {
  const value = parseIp(address)?.value;
  return family === 4 && value !== undefined && (value === base || value === base + (1n << BigInt(32 - prefix)) - 1n);
}

function checkSubnet6({ subnet, subnet6, enable_ipv6 }: NetworkSpec, issue: Issue): InputIssue[] {
  if (subnet6 === undefined) {
    return enable_ipv6
      ? issue('enable_ipv6', 'needs `subnet6` beside it: Docker has no default IPv6 range for overlays')
      : [];
  }
  return [
    ...(parseCidr(subnet6)?.family === 6 ? [] : issue('subnet6', 'must be an IPv6 network')),
    ...(enable_ipv6 ? [] : issue('subnet6', 'needs `enable_ipv6: true`')),
    ...(subnet === undefined ? issue('subnet6', 'needs an IPv4 `subnet` beside it') : []),
  ];
}

/** Subnets of the spec must not overlap each other, nor the ingress network, which takes the first subnet of the first pool. */
function checkOverlaps(spec: Ranges): InputIssue[] {
  const subnets = Object.entries(spec.networks).flatMap(([name, { subnet, subnet6 }]) => [
    ...(subnet === undefined ? [] : [{ name, key: 'subnet', text: subnet }]),
    ...(subnet6 === undefined ? [] : [{ name, key: 'subnet6', text: subnet6 }]),
  ]);
  const ingress = ingressSubnet(spec);
  return subnets.flatMap(({ name, key, text }, at) => {
    const subnet = parseCidr(text);
    if (subnet === undefined) return [];
    const pointer = pointerOf(['networks', name, key]);
    const earlier = subnets.slice(0, at).find((other) => overlapsText(subnet, other.text));
    return [
      ...(earlier === undefined
        ? []
        : [{ pointer, message: `overlaps ${earlier.text} of the network ${earlier.name}` }]),
      ...(ingress !== undefined && overlaps(subnet, ingress.range)
        ? [
            {
              pointer,
              message: `overlaps ${ingress.text}, which the swarm takes for its ingress network (the first subnet of the first address pool)`,
            },
          ]
        : []),
    ];
  });
}

function ingressSubnet({ swarm }: Ranges): { range: Cidr; text: string } | undefined {
  const pool = swarm.address_pools[0] ?? defaultPool;
  const range = parseCidr(pool);
  if (range === undefined || range.family === 6) return undefined;
  return { range: { ...range, prefix: swarm.subnet_size }, text: `${pool.split('/')[0] ?? ''}/${swarm.subnet_size}` };
}

function overlapsText(range: Cidr, text: string): boolean {
  const other = parseCidr(text);
  return other !== undefined && overlaps(range, other);
}
