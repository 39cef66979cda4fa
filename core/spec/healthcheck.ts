import { z } from 'zod';
import { durationSchema, nanosecondsOf } from './duration.ts';

const testSchema = z.union([
  z
    .array(z.string())
    .min(1)
    .refine(([kind]) => ['NONE', 'CMD', 'CMD-SHELL'].includes(kind ?? ''), 'must begin with NONE, CMD or CMD-SHELL')
    .refine(([kind, ...words]) => (kind === 'NONE') === (words.length === 0), 'must say what is run, or NONE alone')
    .refine(
      ([kind, ...words]) => kind !== 'CMD-SHELL' || words.length === 1,
      'has one text for the shell behind CMD-SHELL',
    ),
  z
    .string()
    .min(1)
    .transform((text) => ['CMD-SHELL', text]),
]);

/** Engines take no shorter time than this; nothing at all means the default. */
const atLeastMs = durationSchema.refine((text) => nanosecondsOf(text) >= 1_000_000, 'must be at least 1ms');

/** `healthcheck` of Compose. What it leaves out is as in the image, and then as the engine has it: 30s, 30s, 0s, 3. */
export const healthcheckSchema = z
  .strictObject({
    test: testSchema.optional(),
    interval: atLeastMs.optional(),
    timeout: atLeastMs.optional(),
    retries: z.number().int().min(1).optional(),
    start_period: atLeastMs.optional(),
    disable: z.boolean().optional(),
  })
  .refine(({ test, disable }) => disable !== true || test === undefined || test[0] === 'NONE', {
    path: ['disable'],
    message: 'does not go with a `test`',
  });
export type Healthcheck = z.infer<typeof healthcheckSchema>;

/** True when the spec turns off the check that the image may have. */
export const isDisabled = ({ test, disable }: Healthcheck): boolean => disable === true || test?.[0] === 'NONE';
