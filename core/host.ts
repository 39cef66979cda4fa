import { z } from 'zod';
import { nameSchema } from './spec/names.ts';

/** `SHA256:` and unpadded base64. */
export const fingerprintSchema = z
  .string()
  .regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'write it as `ssh-keygen -l` prints it: SHA256:…');

/** Said on the console of a host: its keys of every kind, each with its fingerprint. `ssh-keygen` takes one file, or its input. */
export const keysCommand = 'cat /etc/ssh/ssh_host_*_key.pub | ssh-keygen -lf -';

/** A pinned SSH host key. */
export const hostKeySchema = z.object({ algorithm: z.string(), fingerprint: fingerprintSchema });
export type HostKey = z.infer<typeof hostKeySchema>;

/** Stands for the algorithm of a pin that was given as a fingerprint only, until the host shows its key. */
export const anyAlgorithm = 'any';

/** The key that a host has shown, as a refusal for it names it: the last one in its message. */
export const shownIn = (message: string): string | undefined => message.match(/SHA256:[A-Za-z0-9+/]{43}/g)?.at(-1);

/** By what a machine is known apart from its SSH keys; null: nobody has seen it. */
export const machineSchema = z.object({ engineId: z.string().nullable(), nodeId: z.string().nullable() });
export type Machine = z.infer<typeof machineSchema>;

/**
 * Whether a machine is the one on record. Its NodeID settles it; an engine that has left its swarm is still the same
 * engine, and one that was reinstalled has another id.
 */
export function whichMachine(recorded: Machine, seen: Machine): 'same' | 'another' | 'not-recorded' {
  if (recorded.engineId === null && recorded.nodeId === null) return 'not-recorded';
  const isSame = (recorded.nodeId !== null && recorded.nodeId === seen.nodeId) || recorded.engineId === seen.engineId;
  return isSame ? 'same' : 'another';
}

/** What an engine says of the machine that it runs on. */
export const machineOf = ({ engineId, swarm }: { engineId: string; swarm: { nodeId: string | null } }): Machine => ({
  engineId,
  nodeId: swarm.nodeId,
});

export const machineText = ({ engineId, nodeId }: Machine): string =>
  `engine ${engineId ?? 'unknown'} (${nodeId === null ? 'in no swarm' : `node ${nodeId}`})`;

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

/** How a host is reached: where, as whom, with which key, and through which other host. */
export const sshTargetSchema = hostSchema.pick({ address: true, port: true, user: true, key: true, via: true });
export type SshTarget = z.infer<typeof sshTargetSchema>;

export const sshTargetOf = ({ address, port, user, key, via }: SshTarget): SshTarget => ({
  address,
  port,
  user,
  key,
  via,
});

export const isSameTarget = (one: SshTarget, other: SshTarget): boolean =>
  one.address === other.address &&
  one.port === other.port &&
  one.user === other.user &&
  one.key === other.key &&
  one.via === other.via;

/** `root@10.0.0.11`, `admin@[2001:db8::1]:2222`: the port is told where it is not that of SSH. */
export function sshAddress({ user, address, port }: Pick<SshTarget, 'user' | 'address' | 'port'>): string {
  const at = address.includes(':') ? `[${address}]` : address;
  return port === 22 ? `${user}@${at}` : `${user}@${at}:${port}`;
}

/** The same with the bastion, if any. */
export const targetText = (target: SshTarget): string =>
  sshAddress(target) + (target.via === null ? '' : ` through ${target.via}`);
