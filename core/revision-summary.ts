import { z } from 'zod';
import { clusterViewSchema, revisionViewSchema } from './wire.ts';

/** Whether an apply of a revision has come to its end; null while none has begun. */
const appliedSchema = z.enum(['whole', 'in-part']).nullable();

/** A revision in a list: without what it says, since a spec may carry half a megabyte of configs. */
export const revisionSummarySchema = revisionViewSchema.omit({ spec: true, decisions: true }).extend({
  applied: appliedSchema,
});
export type RevisionSummary = z.infer<typeof revisionSummarySchema>;

/** A cluster, and how far its current revision came. */
export const clusterStandSchema = clusterViewSchema.extend({ applied: appliedSchema });
export type ClusterStand = z.infer<typeof clusterStandSchema>;

/** What to know of a cluster whose current revision nobody has applied to its end; null where there is nothing. */
export function notAppliedText({ name, currentRevision, applied }: ClusterStand): string | null {
  if (currentRevision === null || applied !== 'in-part') return null;
  return `No apply of revision ${currentRevision}, which is current, has succeeded, so the cluster may not be as it says. What is left: \`flotilla plan --cluster ${name}\`. What happened: \`flotilla ops ls\`.`;
}
