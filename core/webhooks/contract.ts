import { z } from 'zod';
import { operationSchema } from '../operation.ts';
import { pageQuerySchema } from '../page.ts';
import { nameSchema } from '../spec/names.ts';
import { webhookRuleSchema } from './rule.ts';
import { overlapSchema } from '../minutes.ts';

/* The HTTP contract of webhooks that come in. */

/** How a sender signs, and what his payloads look like. Docker Hub does not sign: what it says is a hint only. */
export const sourceKinds = ['github', 'gitlab', 'standard', 'harbor', 'dockerhub'] as const;
export type SourceKind = (typeof sourceKinds)[number];

export const isSigned = (kind: SourceKind): boolean => kind !== 'dockerhub';

const rules = z.array(webhookRuleSchema).min(1).max(50);
const secret = z
  .string()
  .regex(/^[\x21-\x7e]{16,200}$/, 'give 16 to 200 printable characters without spaces')
  .nullable()
  .default(null)
  .describe('The one that the sender made, such as GitLab’s signing token; null lets a new one be made');

export const sourceViewSchema = z.object({
  name: z.string(),
  kind: z.enum(sourceKinds),
  path: z.string().describe('Where the sender is to send, below the address of the API'),
  rules,
  secrets: z
    .array(z.object({ id: z.string(), createdAt: z.string(), expiresAt: z.string().nullable() }))
    .describe('Those that are live now, never what they are; two while one takes the place of the other'),
  createdAt: z.string(),
  createdBy: z.string(),
});
export type SourceView = z.infer<typeof sourceViewSchema>;

export const addSourceSchema = z.strictObject({ name: nameSchema, kind: z.enum(sourceKinds), rules, secret });
export const setRulesSchema = z.strictObject({ rules });
export const rollSecretSchema = z.strictObject({
  secret,
  overlapMinutes: overlapSchema(24 * 60),
});

/** The one answer that has a secret in it; null when the sender made it, or does not sign. */
export const madeSourceSchema = z.object({ source: sourceViewSchema, secret: z.string().nullable() });
export type MadeSource = z.infer<typeof madeSourceSchema>;

/**
 * `accepted`: an operation was made. `ignored`: signed and understood, and no rule wants it. `failed`: a rule wanted it,
 * and its command was refused. `refused`: not from the sender, or not to be read.
 */
export const deliveryStates = ['accepted', 'ignored', 'failed', 'refused'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

export const deliveryViewSchema = z.object({
  id: z.string(),
  source: z.string(),
  senderId: z.string().nullable().describe('The id that the sender gave to it'),
  bodySha256: z.string(),
  at: z.string(),
  state: z.enum(deliveryStates),
  why: z.string().nullable(),
  event: z.string().nullable(),
  repository: z.string().nullable(),
  ref: z.string().nullable(),
  person: z.string().nullable().describe('Who pushed, as the sender calls him'),
  command: z.string().nullable(),
  cluster: z.string().nullable(),
  operation: z.string().nullable(),
  repeats: z.number().describe('How often it came again'),
  replayOf: z.string().nullable(),
});
export type DeliveryView = z.infer<typeof deliveryViewSchema>;

export const deliveryQuerySchema = pageQuerySchema.extend({
  source: z.string().max(100).optional(),
  state: z.enum(deliveryStates).optional(),
});

/** What a sender is told. A repeat gets what the first one got, and `repeated`. */
export const hookAnswerSchema = z.object({
  delivery: z.string(),
  state: z.enum(['accepted', 'ignored']),
  operation: z.string().nullable(),
  why: z.string().nullable(),
  repeated: z.boolean(),
});
export type HookAnswer = z.infer<typeof hookAnswerSchema>;

export const replayAnswerSchema = z.object({ delivery: deliveryViewSchema, operation: operationSchema });
