import { z } from 'zod';
import { roles } from '../actor.ts';
import { patternForm, matches } from './glob.ts';
import { groupNamed } from './groups.ts';
import { identityKinds } from './subject.ts';
import { verbs } from './verbs.ts';
import { weekMinutes } from '../minutes.ts';

const patterns = z
  .array(z.string().regex(patternForm, 'write the name of a cluster, with * for any characters'))
  .min(1)
  .max(50);

/** `cluster.apply`, `cluster.*`, `*`. */
const verbPattern = z
  .string()
  .max(64)
  .refine((pattern) => verbs.some((verb) => matches(pattern, verb)), 'there is no such verb');

/** Everything that is given must fit; nothing given is everybody. */
const toSchema = z.strictObject({
  person: z.string().max(100).optional().describe('Name or id of a person'),
  role: z
    .enum(roles)
    .exclude(['worker'])
    .optional()
    .describe('Everybody with this role; a deny also meets tokens of it'),
  identity: z.enum(identityKinds).optional().describe('Everybody who comes in this way'),
  group: z
    .string()
    .regex(
      /^(?:@?[\p{Ll}\p{Lo}\p{N}][\p{Ll}\p{Lo}\p{N}._-]{0,79}|S[A-Z0-9]{5,20})$/u,
      'write a handle such as @network-admins, or an id such as S0615G0KT',
    )
    .optional()
    .describe('Members of this Slack user group, by whatever way they come in'),
});

/** One rule: it allows or it denies. A deny wins over every allow, and over what roles may. */
const ruleSchema = z
  .strictObject({
    name: z.string().min(1).max(100).optional().describe('To be told with a decision'),
    allow: z.array(verbPattern).min(1).optional(),
    deny: z.array(verbPattern).min(1).optional(),
    to: toSchema.default({}),
    clusters: patterns.default(['*']),
    because: z.string().max(500).optional().describe('Told to whom a deny meets'),
  })
  .refine(({ allow, deny }) => (allow === undefined) !== (deny === undefined), 'a rule has either `allow` or `deny`');
export type Rule = z.output<typeof ruleSchema>;

/** Slack is asked for each of them again and again, about 20 times a minute in all. One more for rules without any. */
const groupsMax = 16;

const count = z.number().int().min(0).max(10);

/** How many other persons must approve a plan of each risk, on these clusters. Where several fit, the most counts. */
const approvalsSchema = z.strictObject({
  clusters: patterns.default(['*']),
  low: count.default(0),
  medium: count.default(1),
  high: count.default(2),
  critical: count.default(2),
});

/** The whole policy. What is left out is as if nobody had configured anything. */
export const policySchema = z.strictObject({
  approvals: z
    .union([z.literal('none'), z.array(approvalsSchema).min(1).max(50)])
    .default('none')
    .describe('`none`: nobody has to approve anything'),
  plan_minutes: z
    .number()
    .int()
    .min(1)
    .max(weekMinutes)
    .default(30)
    .describe('How long a plan may be applied, and its approval be given'),
  rules: z
    .array(ruleSchema)
    .max(200)
    .refine(
      (rules) => new Set(rules.map(({ to }) => to.group)).size <= groupsMax,
      `name ${groupsMax - 1} Slack groups at most`,
    )
    .default([]),
});
export type Policy = z.output<typeof policySchema>;

/** The policy until somebody configures one. */
export const noPolicy: Policy = policySchema.parse({});

/** How a rule is called in a decision: by its name, or by its place. */
export const ruleName = ({ name }: Rule, index: number): string => name ?? `rule ${index + 1}`;

/** The groups that rules of a policy name, each once. */
export function groupsIn({ rules }: Policy): string[] {
  const named = rules.flatMap(({ to }) => (to.group === undefined ? [] : [groupNamed(to.group)]));
  return [...new Set(named)];
}
