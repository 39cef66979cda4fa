import { z } from 'zod';
import { ontoSchema } from '../onto.ts';
import { operationSchema } from '../operation.ts';

/** What a command is answered with, as data: each door shows it in its own way. */
export const commandResultSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text: z.string() }),
  z.object({
    kind: z.literal('table'),
    title: z.string(),
    columns: z.array(z.string()),
    rows: z.array(z.array(z.string())),
  }),
  z.object({
    kind: z.literal('commands'),
    commands: z.array(z.object({ name: z.string(), summary: z.string(), example: z.string() })),
  }),
  /** Work was accepted: follow the operation. `revision` is the one that was proposed for it, `onto` what it builds on. */
  z.object({
    kind: z.literal('operation'),
    operation: operationSchema,
    revision: z.number().nullable(),
    onto: ontoSchema.nullable(),
  }),
]);
export type CommandResult = z.infer<typeof commandResultSchema>;

export const commandAnswerSchema = z.object({
  /** The command in its normal form, which is also what stands on record. */
  understood: z.string(),
  result: commandResultSchema,
});
export type CommandAnswer = z.infer<typeof commandAnswerSchema>;

export const commandRequestSchema = z.strictObject({ text: z.string().max(4000) });
