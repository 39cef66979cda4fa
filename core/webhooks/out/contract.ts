import { z } from 'zod';
import { patternForm } from '../../access/glob.ts';
import { pageQuerySchema } from '../../page.ts';
import { nameSchema } from '../../spec/names.ts';
import { overlapSchema } from '../../minutes.ts';

/* The contract of webhooks that go out: Standard Webhooks 1.0.0, signed with ed25519 (`v1a`). */

export const outEventTypes = [
  'operation.requested',
  'operation.succeeded',
  'operation.failed',
  'operation.blocked',
  'operation.cancelled',
  'approval.requested',
  'host-key.changed',
  'verification.broken',
  'verification.recovered',
] as const;
export type OutEventType = (typeof outEventTypes)[number];

/** The body of a webhook: thin, so that whoever wants more asks the API with rights of his own. */
export const outEventSchema = z.object({
  type: z.enum(outEventTypes),
  timestamp: z.string().describe('When it happened, RFC 3339'),
  data: z.object({
    sequence: z.number().describe('Number of the event in the record'),
    cluster: z.string().nullable(),
    operation: z.string().nullable(),
    kind: z.string().nullable().describe('Of the operation: apply, verify, …'),
    actor: z.object({ kind: z.string(), name: z.string() }),
    code: z.string().nullable().describe('Why it did not succeed'),
    message: z.string().nullable(),
  }),
});
export type OutEvent = z.infer<typeof outEventSchema>;

const url = z
  .url({ protocol: /^https?$/ })
  .max(1000)
  .refine((text) => !URL.canParse(text) || new URL(text).username === '', 'write no password into the address');

export const addTargetSchema = z.strictObject({
  name: nameSchema,
  url,
  events: z.array(z.enum(outEventTypes)).min(1).max(outEventTypes.length),
  clusters: z
    .array(z.string().regex(patternForm, 'write the name of a cluster, with * for any characters'))
    .min(1)
    .max(50)
    .default(['*']),
  allowPrivate: z
    .boolean()
    .default(false)
    .describe('It may be in a private network, and be reached without TLS; otherwise neither'),
});

export const targetViewSchema = z.object({
  name: z.string(),
  url: z.string(),
  events: z.array(z.enum(outEventTypes)),
  clusters: z.array(z.string()),
  allowPrivate: z.boolean(),
  keys: z
    .array(z.object({ publicKey: z.string(), createdAt: z.string(), expiresAt: z.string().nullable() }))
    .describe('Public keys that sign now; two while one takes the place of the other'),
  createdAt: z.string(),
  createdBy: z.string(),
  disabledAt: z.string().nullable().describe('It answered 410; nothing is sent until it is enabled again'),
});
export type TargetView = z.infer<typeof targetViewSchema>;

export const rollKeySchema = z.strictObject({
  overlapMinutes: overlapSchema(24 * 60).describe('How long both keys sign'),
});

/** `failed`: given up after the last attempt; it may be sent again by hand. */
export const outMessageStates = ['waiting', 'delivered', 'failed'] as const;
export type OutMessageState = (typeof outMessageStates)[number];

export const messageViewSchema = z.object({
  id: z.string().describe('`webhook-id`, the same in every attempt'),
  target: z.string(),
  type: z.enum(outEventTypes),
  state: z.enum(outMessageStates),
  attempts: z.number(),
  nextAt: z.string().nullable(),
  lastStatus: z.number().nullable(),
  lastError: z.string().nullable(),
  createdAt: z.string(),
  endedAt: z.string().nullable(),
});
export type MessageView = z.infer<typeof messageViewSchema>;

export const messageQuerySchema = pageQuerySchema.extend({
  target: z.string().max(100).optional(),
  state: z.enum(outMessageStates).optional(),
});
