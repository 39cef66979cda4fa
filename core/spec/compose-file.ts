import { z } from 'zod';
import { cidrSchema, ipSchema } from '../net/cidr.ts';
import { stackConfigSchema } from './config.ts';
import { stackSecretSchema } from './held.ts';
import { nameSchema } from './names.ts';
import { networkSchema } from './network.ts';
import { serviceSchema } from './service.ts';
import { volumeSchema } from './volumes.ts';

/* What a stack takes of a Compose file. */

/** Docker's names for what a network of a spec says itself. */
const driverOptionsSchema = z.strictObject({
  encrypted: z.union([z.enum(['', 'true', 'false']), z.boolean()]).optional(),
  'com.docker.network.driver.mtu': z
    .union([z.string().regex(/^\d+$/, 'must be a number of bytes'), z.number()])
    .transform(Number)
    .optional(),
});
const ipamSchema = z.strictObject({
  driver: z.literal('default').optional(),
  config: z
    .array(z.strictObject({ subnet: cidrSchema, gateway: ipSchema.optional(), ip_range: cidrSchema.optional() }))
    .max(1)
    .default([]),
});

/** A network of a Compose file: as in a spec, or as Compose writes it; or one of the spec, from outside of the stack. */
const stackNetworkSchema = networkSchema.extend({
  name: nameSchema.optional(),
  external: z.boolean().default(false),
  driver_opts: driverOptionsSchema.default({}),
  ipam: ipamSchema.prefault({}),
});
export type StackNetwork = z.infer<typeof stackNetworkSchema>;
export const plainNetwork = stackNetworkSchema.parse({});

/** A volume of a Compose file; one from outside has a name of its own on each host, and may be there or not. */
const stackVolumeSchema = volumeSchema.extend({ name: nameSchema.optional(), external: z.boolean().default(false) });

/** What a stack takes of a Compose file. */
export const composeSchema = z.strictObject({
  /** Files for `docker stack deploy` had to say it; it has no meaning any more. */
  version: z.union([z.string(), z.number()]).optional(),
  services: z.record(nameSchema, serviceSchema),
  networks: z.record(nameSchema, stackNetworkSchema).default({}),
  volumes: z.record(nameSchema, stackVolumeSchema).optional(),
  secrets: z.record(nameSchema, stackSecretSchema).optional(),
  configs: z.record(nameSchema, stackConfigSchema).optional(),
});
export type StackVolume = z.infer<typeof stackVolumeSchema>;
export type Compose = z.infer<typeof composeSchema>;
