import { z } from 'zod';
import { actorSchema, roles } from '../actor.ts';
import { patternForm } from './glob.ts';
import { groupSeenSchema } from './groups.ts';
import { holdSchema } from './hold.ts';
import { policySchema } from './policy.ts';
import { identityKinds } from './subject.ts';
import { overlapSchema, weekMinutes } from '../minutes.ts';

/* The HTTP contract of persons, tokens, the policy and `can`. */

const personRole = z.enum(roles).exclude(['worker']);
const personName = z.string().regex(/^[a-z0-9][a-z0-9._@-]{0,62}$/i, 'write letters, digits and . _ - @');
const reason = z.string().max(1000).nullable().default(null);
const clusters = z
  .array(z.string().regex(patternForm, 'write the name of a cluster, with * for any characters'))
  .min(1)
  .max(50);

const identitySchema = z.object({
  kind: z.enum(identityKinds).exclude(['token']),
  externalId: z.string().min(1).max(300).describe('As the other system has it, such as T0123/U0456'),
});

export const personViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(roles),
  createdAt: z.string(),
  createdBy: z.string().nullable().describe('Id of the person who added him'),
  removedAt: z.string().nullable(),
  tokens: z.number().describe('How many tokens of his are live'),
  identities: z.array(identitySchema.extend({ createdAt: z.string() })),
});
export type PersonView = z.infer<typeof personViewSchema>;

export const addPersonSchema = z.strictObject({ name: personName, role: personRole.default('viewer') });
export const setRoleSchema = z.strictObject({ role: personRole, reason });
export const linkSchema = z.strictObject(identitySchema.shape);

export const tokenViewSchema = z.object({
  id: z.string().describe('The public part'),
  person: z.string().nullable().describe("Null for a worker's"),
  personName: z.string().nullable(),
  role: z.enum(roles).describe('It may do what this role and its person may'),
  clusters: z.array(z.string()),
  label: z.string(),
  createdAt: z.string(),
  createdBy: z.string().nullable(),
  lastUsedAt: z.string().nullable().describe('To a few minutes'),
  expiresAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
  replaces: z.string().nullable().describe('The token that it took the place of'),
});
export type TokenView = z.infer<typeof tokenViewSchema>;

/** The one answer that has a token in it. */
export const madeTokenSchema = z.object({
  token: z.string().describe('Shown this once and kept as a hash only'),
  view: tokenViewSchema,
});
export type MadeTokenView = z.infer<typeof madeTokenSchema>;

const days = z.number().int().min(1).max(365);
export const daysUsual = 90;
export const createTokenSchema = z.strictObject({
  person: z.string().max(100).nullable().default(null).describe('Name or id; null is the caller himself'),
  worker: z.boolean().default(false).describe('For a worker, and so for no person'),
  role: personRole.nullable().default(null).describe('At most what this role may; null is all that the person may'),
  clusters: clusters.nullable().default(null).describe('Only for these clusters; null is all'),
  days: days.default(daysUsual),
  label: z.string().min(1).max(100),
  env: z
    .string()
    .regex(/^[a-z0-9]{1,12}$/, 'write up to 12 small letters or digits')
    .nullable()
    .default(null)
    .describe('Stands in the token, so that a leaked one tells where it belongs'),
});
export const rollTokenSchema = z.strictObject({
  overlapMinutes: overlapSchema(60),
  days: days
    .optional()
    .describe('How long the new one is good; without it as long as the old one, or 90 where that has no end'),
});

export const policyViewSchema = z.object({
  number: z.number().describe('0 while nobody has configured one'),
  policy: policySchema,
  createdAt: z.string().nullable(),
  createdBy: actorSchema.nullable(),
});
export type PolicyView = z.infer<typeof policyViewSchema>;

/** `base` is the number of the policy that it was written against; null is whatever is in force. */
export const setPolicySchema = z.strictObject({
  policy: z.unknown(),
  base: z.number().int().min(0).nullable().default(null),
  reason,
});

export const canQuerySchema = z.object({
  verb: z.string().max(64).describe('Such as `cluster.apply`, or `apply` alone'),
  cluster: z.string().max(100).optional(),
  person: z
    .string()
    .max(100)
    .optional()
    .describe('Name or id of another person, asked for without the scope of a token'),
});
export const canAnswerSchema = z.object({
  allowed: z.boolean(),
  verb: z.string(),
  cluster: z.string().nullable(),
  person: z.string().nullable().describe('Whose rights these are'),
  rule: z.string(),
  why: z.string(),
  approvals: z.string().describe('Who else has to approve, in a sentence'),
  groups: z.array(groupSeenSchema).describe('Slack groups that the policy names, as far as they are known'),
  holds: z.array(holdSchema).describe('Locks and freezes that stand in the way of a change now'),
});
export type CanAnswer = z.infer<typeof canAnswerSchema>;

export const voteRequestSchema = z.strictObject({
  confirm: z
    .string()
    .max(100)
    .nullable()
    .default(null)
    .describe('The name of the cluster, typed, where the risk is critical'),
  reason,
});
export const denyRequestSchema = z.strictObject({ reason: z.string().min(1).max(1000) });

/** Somebody who may approve what waits. */
export const approverSchema = z.object({ person: z.string(), name: z.string() });
export type Approver = z.infer<typeof approverSchema>;

/** For how long a lock or a freeze is, where nobody says it. */
export const holdMinutesUsual = 120;
export const holdRequestSchema = z.strictObject({
  cluster: z.string().max(100).describe('A name, or `*` for all'),
  reason: z.string().min(1).max(1000),
  protects: z.string().max(300).nullable().default(null).describe('The change that it protects, such as an operation'),
  minutes: z.number().int().min(1).max(weekMinutes).default(holdMinutesUsual),
  takeOver: z.boolean().default(false).describe("End another person's lock first; he is told"),
});
export type HoldRequest = z.input<typeof holdRequestSchema>;
export const endHoldSchema = z.strictObject({
  force: z.boolean().default(false).describe("End another person's; he is told"),
  reason,
});

export const grantSchema = z.object({
  id: z.string(),
  person: z.string(),
  personName: z.string(),
  cluster: z.string(),
  reason: z.string(),
  createdAt: z.string(),
  expiresAt: z.string(),
  endedAt: z.string().nullable(),
  reviewedAt: z.string().nullable(),
  reviewedBy: actorSchema.nullable(),
  review: z.string().nullable(),
});
export type Grant = z.infer<typeof grantSchema>;

export const breakGlassSchema = z.strictObject({
  cluster: z.string().max(100),
  confirm: z.string().max(100).describe('The name of the cluster once more, typed'),
  reason: z.string().min(10, 'say in ten letters or more what has happened').max(1000),
  minutes: z.number().int().min(1).max(60).default(30),
});
export const reviewSchema = z.strictObject({ review: z.string().min(10, 'say what you found').max(2000) });

export const noticeSchema = z.object({
  id: z.string(),
  at: z.string(),
  kind: z.string(),
  message: z.string(),
  cluster: z.string().nullable(),
  operation: z.string().nullable(),
  seenAt: z.string().nullable(),
});
export type NoticeView = z.infer<typeof noticeSchema>;
