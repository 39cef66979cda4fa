import { z } from 'zod';
import { revisionViewSchema } from './wire.ts';

/** A revision in a list: without what it says, since a spec may carry half a megabyte of configs. */
export const revisionSummarySchema = revisionViewSchema.omit({ spec: true, decisions: true }).extend({
  /** Whether an apply of it has come to its end; null while none has begun. */
  applied: z.enum(['whole', 'in-part']).nullable(),
});
export type RevisionSummary = z.infer<typeof revisionSummarySchema>;
