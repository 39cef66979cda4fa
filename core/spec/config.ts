import { z } from 'zod';
import type { InputIssue } from '../errors.ts';
import { pointerOf } from '../pointer.ts';
import { checkMaker, heldBytesEnd } from './held.ts';
import { labelsSchema, nameSchema } from './names.ts';

/* Configs that Flotilla makes. Unlike a secret, what one says is in the spec, and shown to whoever may see that. */

/** In UTF-8, as it is sent and as the containers find it. */
export const bytesOf = (content: string) => new TextEncoder().encode(content);

const contentSchema = z
  .string()
  .refine((content) => content !== '', 'is empty, and Swarm takes no empty config')
  .refine((content) => bytesOf(content).length < heldBytesEnd, {
    error: ({ input }) =>
      `has ${bytesOf(String(input)).length} bytes; Swarm takes less than 500 KB, which is ${heldBytesEnd}`,
  });

/** At the top of a spec: what it says, or that it is there. */
export const configSchema = z.strictObject({
  external: z.literal(true).optional(),
  content: contentSchema.optional(),
  labels: labelsSchema.optional(),
});
export type ConfigSpec = z.infer<typeof configSchema>;

/** The same in a Compose file, which may call it otherwise than the swarm. */
export const stackConfigSchema = configSchema.extend({ name: nameSchema.optional() });

/** The engine's name for one has a dash and twelve digits more than the spec's, and 64 characters at most. */
const nameLengthMax = 64 - 13;

/** What does not go together, and names that have no room for the digest. */
export const checkConfigs = ({ configs = {} }: { configs?: Record<string, ConfigSpec> | undefined }): InputIssue[] =>
  Object.entries(configs).flatMap(([name, config]) => {
    const path = ['configs', name] as const;
    const isMade = config.content !== undefined;
    const issues = checkMaker(path, config, { isMade, either: 'made of `content`,' });
    if (issues.length > 0 || !isMade || name.length <= nameLengthMax) return issues;
    const message = `has a name of ${name.length} characters; with \`content\` there is room for ${nameLengthMax}`;
    return [{ pointer: pointerOf(path), message }];
  });
