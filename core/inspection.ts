import { z } from 'zod';
import { observedOf } from './observed.ts';

/** One endpoint of a network: a container or a task, on its host. */
export const endpointSchema = z.object({
  name: z.string(),
  kind: z.enum(['container', 'task', 'load-balancer']),
  host: z.string(),
  address: z.string(),
  mac: z.string().nullable(),
});

/** One merged view of a network over all hosts; Docker's own is per host. */
export const inspectionSchema = z.object({
  at: z.string(),
  name: z.string(),
  id: z.string(),
  driver: z.string(),
  attachable: z.boolean(),
  internal: z.boolean(),
  encrypted: z.boolean(),
  enableIpv6: z.boolean(),
  mtu: z.number().nullable(),
  vxlanIds: z.array(z.number()),
  labels: z.record(z.string(), z.string()),
  subnets: z.array(
    z.object({
      subnet: z.string(),
      gateway: z.string().nullable(),
      ipRange: z.string().nullable(),
      /** Addresses not handed out; an estimate on engines that do not tell it. */
      freeAddresses: z.number().nullable(),
    }),
  ),
  virtualIps: z.array(z.object({ service: z.string(), address: z.string() })),
  endpoints: z.array(endpointSchema),
  /** What each host's engine says of its gossip peers; unknown where the host could not be asked. */
  hosts: z.record(z.string(), observedOf(z.object({ present: z.boolean(), peers: z.array(z.string()) }))),
});
export type Inspection = z.infer<typeof inspectionSchema>;
