import { z } from 'zod';

/** Who acts. A person may act under many identities; `person` is the same in all of them. */
export const actorSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('person'), person: z.string(), name: z.string(), via: z.string() }),
  z.object({ kind: z.literal('worker'), worker: z.string(), name: z.string() }),
  /** `person` is whoever pushed, where his account there is linked to him. */
  z.object({ kind: z.literal('ci'), source: z.string(), name: z.string(), person: z.string().optional() }),
  z.object({ kind: z.literal('schedule'), name: z.string() }),
  z.object({ kind: z.literal('system'), name: z.string() }),
]);
export type Actor = z.infer<typeof actorSchema>;

export const roles = ['viewer', 'operator', 'approver', 'admin', 'worker'] as const;
export type Role = (typeof roles)[number];

/** The one of two roles that may less; `roles` of persons stand in that order. */
export const narrower = (one: Role, other: Role): Role => (roles.indexOf(one) <= roles.indexOf(other) ? one : other);

/** Through which door an act came. */
export const sources = ['cli', 'http', 'slack', 'webhook', 'worker', 'schedule', 'system'] as const;
export type Source = (typeof sources)[number];

export const systemActor = (name: string): Actor => ({ kind: 'system', name });
