import { z } from 'zod';
import { cidrSchema, ipSchema } from '../net/cidr.ts';
import { labelsSchema } from './names.ts';

/** An overlay network. `mtu: auto` is resolved once, from measured path MTUs, and stored with the revision. */
export const networkSchema = z.strictObject({
  driver: z.literal('overlay').default('overlay'),
  attachable: z.boolean().default(false),
  encrypted: z.boolean().default(false),
  internal: z.boolean().default(false),
  enable_ipv6: z.boolean().default(false),
  subnet: cidrSchema.optional(),
  gateway: ipSchema.optional(),
  ip_range: cidrSchema.optional(),
  /** A second subnet for `enable_ipv6`; Docker has no default pool for it. */
  subnet6: cidrSchema.optional(),
  /** Bytes of the underlay path, as Docker's driver option means it (the driver subtracts the VXLAN header itself). */
  mtu: z.union([z.literal('auto'), z.number().int().min(576).max(9216)]).default('auto'),
  labels: labelsSchema.default({}),
});
export type NetworkSpec = z.infer<typeof networkSchema>;
