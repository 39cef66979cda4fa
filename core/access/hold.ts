import { z } from 'zod';
import { actorSchema } from '../actor.ts';
import { withoutStop, withStop } from '../sentence.ts';

/**
 * A lock keeps a cluster for its owner: nobody else starts a change. A freeze keeps everybody from it, its owner too.
 * Looking, planning and verifying go on.
 */
export const holdKinds = ['lock', 'freeze'] as const;
export type HoldKind = (typeof holdKinds)[number];

export const holdSchema = z.object({
  id: z.string(),
  kind: z.enum(holdKinds),
  /** A name, or `*` for all clusters. */
  cluster: z.string(),
  owner: z.string().describe('Id of a person'),
  ownerName: z.string(),
  reason: z.string(),
  protects: z.string().nullable().describe('The change that it protects'),
  createdAt: z.string(),
  expiresAt: z.string(),
  endedAt: z.string().nullable(),
  endedBy: actorSchema.nullable(),
});
export type Hold = z.infer<typeof holdSchema>;

/** Who wants to start a change: the person, or null for whoever is none; and whether he has broken the glass. */
export interface Changing {
  person: string | null;
  cluster: string | null;
  hasBrokenGlass: boolean;
}

/** Whether a hold that has not ended stands in the way. A freeze is broken by break-glass, a lock never is. */
export function standsInTheWay(hold: Hold, { person, cluster, hasBrokenGlass }: Changing, nowMs: number): boolean {
  if (hold.endedAt !== null || Date.parse(hold.expiresAt) <= nowMs) return false;
  if (hold.cluster !== '*' && hold.cluster !== cluster) return false;
  return hold.kind === 'freeze' ? !hasBrokenGlass : hold.owner !== person;
}

/** Who, why and until when, in a sentence. */
export function holdSentence({ kind, cluster, ownerName, reason, protects, expiresAt }: Hold): string {
  const what = cluster === '*' ? 'Every cluster' : cluster;
  const verb = kind === 'lock' ? 'is locked' : 'is frozen';
  const change = protects === null ? '' : `, to protect ${protects}`;
  return withStop(`${what} ${verb} by ${ownerName} until ${expiresAt}: ${withoutStop(reason)}${change}`);
}

/** What to do about it. */
export function wayPast({ kind, cluster, ownerName }: Hold): string {
  const name = cluster === '*' ? '--all' : cluster;
  return kind === 'lock'
    ? `Wait, ask ${ownerName} to unlock it, or take it over: \`flotilla lock ${name} --take-over --reason …\`.`
    : `Wait for its end, ask ${ownerName}, or in an emergency \`flotilla break-glass use ${name === '--all' ? 'CLUSTER' : name} --reason …\`.`;
}
