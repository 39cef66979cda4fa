import { z } from 'zod';
import { nameSchema } from './spec/names.ts';

/** A pinned SSH host key. `fingerprint` is `SHA256:` and unpadded base64, as ssh-keygen prints it. */
export const hostKeySchema = z.object({
  algorithm: z.string(),
  fingerprint: z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/),
});
export type HostKey = z.infer<typeof hostKeySchema>;

/** A machine that we reach by SSH. Keys and passwords are known by name only; the worker's own config has them. */
export const hostSchema = z.object({
  name: nameSchema,
  address: z.string().min(1).max(253),
  port: z.number().int().min(1).max(65535),
  user: z.string().min(1).max(64),
  /** Name of an SSH key in the worker's config. */
  key: z.string(),
  /** Name of another host to go through (a bastion). */
  via: nameSchema.nullable(),
  hostKeys: z.array(hostKeySchema),
  /** Whether an unknown key may be pinned at the first contact, as the operator said when adding the host. */
  acceptNew: z.boolean(),
  /** The cluster this host belongs to, if any. A host belongs to one cluster at most. */
  cluster: nameSchema.nullable(),
});
export type Host = z.infer<typeof hostSchema>;
