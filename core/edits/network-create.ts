import { z } from 'zod';
import { labels, name, present } from './args.ts';
import { mustBeNew } from './refusals.ts';
import { editVerb } from './verb.ts';

export const networkCreate = editVerb({
  noun: 'network',
  action: 'create',
  summary: 'Create an overlay network over all nodes',
  example: 'network create my_overlay_network --attachable --subnet 10.200.1.0/24',
  positional: ['name'],
  args: z.strictObject({
    name: name('network'),
    attachable: z.boolean().default(false).describe('Standalone containers may be on it'),
    encrypted: z.boolean().default(false).describe('Encrypt the traffic between hosts'),
    internal: z.boolean().default(false).describe('No way out of the network'),
    subnet: z.string().optional().describe('Subnet, such as 10.200.1.0/24; else one of the address pools'),
    gateway: z.string().optional().describe('Gateway in the subnet'),
    ip_range: z.string().optional().describe('Part of the subnet that addresses are given from'),
    enable_ipv6: z.boolean().default(false).describe('IPv6 beside IPv4'),
    subnet6: z.string().optional().describe('IPv6 subnet'),
    mtu: z
      .int()
      .optional()
      .describe('MTU of the underlay in bytes; else the smallest that is measured between the nodes'),
    label: labels,
  }),
  edit: (spec, { name: network, label, subnet, gateway, ip_range, subnet6, mtu, ...flags }) => {
    mustBeNew('network', network, spec.networks);
    const created = { ...flags, ...present({ subnet, gateway, ip_range, subnet6, mtu }), labels: label };
    return { ...spec, networks: { ...spec.networks, [network]: created } };
  },
});
