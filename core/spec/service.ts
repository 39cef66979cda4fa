import { z } from 'zod';
import { cpusSchema, memorySchema } from './amounts.ts';
import { deploySchema } from './deploy.ts';
import { grantSchema } from './held.ts';
import { labelsSchema, nameSchema } from './names.ts';
import { portsSchema } from './ports.ts';
import { runtimeKeys } from './runtime.ts';
import { pairOf, scalarSchema } from './scalars.ts';
import { shellWords } from './shell-words.ts';
import { tmpfsSchema } from './tmpfs.ts';
import { mountsSchema } from './volumes.ts';

const environmentSchema = z.union([
  z.record(z.string(), scalarSchema),
  z
    .array(
      z
        .string()
        .regex(
          /^[^=]+=/,
          'write `NAME=value`; values are not taken from your own environment, but for `NAME=${NAME}` in the Compose file of a stack',
        ),
    )
    .transform((lines) => Object.fromEntries(lines.map(pairOf))),
]);

const commandSchema = z.union([
  z.array(z.string()),
  z.string().transform((text, context) => {
    const words = shellWords(text);
    if (words !== undefined) return words;
    context.addIssue({ code: 'custom', message: 'has a quote that is not closed' });
    return z.NEVER;
  }),
]);

/** Either the list of names of Compose's short form, or a map with aliases. */
const attachmentsSchema = z.union([
  z
    .array(nameSchema)
    .transform((names) => Object.fromEntries(names.map((name): [string, Attachment] => [name, { aliases: [] }]))),
  z.record(nameSchema, z.strictObject({ aliases: z.array(nameSchema).default([]) })),
]);
interface Attachment {
  aliases: string[];
}

const image = z
  .string()
  .min(1)
  .max(512)
  .regex(/^[^\s]+$/, 'an image name has no spaces')
  .regex(/^[^$]*$/, 'has a variable such as `${TAG}`, which only the command line fills in, in Compose files of stacks')
  .regex(
    /^[^@]*(?:@[a-z0-9+._-]+:[0-9a-f]+)?$/i,
    'must have a digest behind `@`; an image name has no user or password',
  );

/** What services and standalone containers have in common. */
const runnable = {
  image,
  command: commandSchema.optional(),
  entrypoint: commandSchema.optional(),
  environment: environmentSchema.default({}),
  hostname: z.string().optional(),
  user: z.string().optional(),
  working_dir: z.string().optional(),
  labels: labelsSchema.default({}),
  networks: attachmentsSchema.default({}),
  ports: portsSchema.default([]),
  ...runtimeKeys,
  volumes: mountsSchema.optional(),
  tmpfs: tmpfsSchema.optional(),
};

export const serviceSchema = z.strictObject({
  ...runnable,
  secrets: z.array(grantSchema).optional(),
  configs: z.array(grantSchema).optional(),
  deploy: deploySchema.prefault({}),
});
export type ServiceSpec = z.infer<typeof serviceSchema>;

/** A standalone container on one host; its overlay networks must be attachable. */
export const containerSchema = z.strictObject({
  ...runnable,
  host: nameSchema,
  cpus: cpusSchema.optional(),
  mem_limit: memorySchema.optional(),
  mem_reservation: memorySchema.optional(),
  pids_limit: z.number().int().min(-1).optional(),
  restart: z.enum(['no', 'always', 'on-failure', 'unless-stopped']).default('unless-stopped'),
});
export type ContainerSpec = z.infer<typeof containerSchema>;

/** Whether a container that has ended well has done its work, as nobody is to start it again. */
export const mayEndWell = ({ restart }: Pick<ContainerSpec, 'restart'>): boolean =>
  restart === 'no' || restart === 'on-failure';
