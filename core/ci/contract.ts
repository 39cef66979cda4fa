import { z } from 'zod';
import { patternForm } from '../access/glob.ts';
import { nameSchema } from '../spec/names.ts';
import { wholeRef, writeWholeRef } from './whole-ref.ts';

/* CI that comes in without a secret: its own signed token is exchanged for a short one of ours. */

export const ciProviders = ['github', 'gitlab'] as const;
export type CiProvider = (typeof ciProviders)[number];

const text = z.string().min(1).max(300);

/** Who is let in. What is given must be so; `*` in `ref` and `workflow` stands for any characters but `/`. */
export const addTrustSchema = z.strictObject({
  name: nameSchema,
  provider: z.enum(ciProviders),
  issuer: z
    .url({ protocol: /^https$/, error: 'write an https address, such as https://gitlab.example.com' })
    .max(300)
    .nullable()
    .default(null)
    .describe('For GitHub Enterprise or a GitLab of one’s own; null is github.com or gitlab.com'),
  audience: text.describe('What the CI asks its token for: the address of this API'),
  repository: text
    .regex(/^\d+$/, 'write the number that the sender gives it, not its name: a name can be taken over')
    .describe('Id of the repository or project, which stays when it is renamed'),
  ref: text.regex(wholeRef, writeWholeRef).nullable().default(null).describe('Such as `refs/heads/main`'),
  environment: text.nullable().default(null),
  workflow: text
    .nullable()
    .default(null)
    .describe('GitHub: path of the workflow file, such as `.github/workflows/deploy.yml`; GitLab: that of the CI file'),
  role: z.enum(['viewer', 'operator']).default('operator'),
  clusters: z
    .array(z.string().regex(patternForm, 'write the name of a cluster, with * for any characters'))
    .min(1)
    .max(50),
});
export type AddTrust = z.output<typeof addTrustSchema>;

export const trustViewSchema = z.object({
  ...addTrustSchema.shape,
  issuer: z.string(),
  ref: z.string().nullable(),
  environment: z.string().nullable(),
  workflow: z.string().nullable(),
  createdAt: z.string(),
  createdBy: z.string(),
});
export type TrustView = z.infer<typeof trustViewSchema>;

export const exchangeSchema = z.strictObject({ idToken: z.string().min(20).max(20_000) });
export const exchangedSchema = z.object({
  token: z.string().describe('Good for ten minutes'),
  expiresAt: z.string(),
  trust: z.string().describe('The trust by which it was given'),
  role: z.string(),
  clusters: z.array(z.string()),
});
export type Exchanged = z.infer<typeof exchangedSchema>;

/** Where tokens come from when nobody says otherwise. */
export const publicIssuers: Readonly<Record<CiProvider, string>> = {
  github: 'https://token.actions.githubusercontent.com',
  gitlab: 'https://gitlab.com',
};
