import { z } from 'zod';
import { labelsSchema, nameSchema } from './names.ts';
import { scalarSchema } from './scalars.ts';
import { tmpfsOptions } from './tmpfs.ts';

/**
 * A named volume, as it is made on each host where something first uses it. One that is there already stays as it is.
 * Options may hold the password of a file server: they are masked, as the environment is.
 */
export const volumeSchema = z.strictObject({
  driver: z.string().min(1).optional(),
  driver_opts: z.record(z.string().min(1), scalarSchema).optional(),
  labels: labelsSchema.optional(),
});
export type VolumeSpec = z.infer<typeof volumeSchema>;

const absolute = z.string().regex(/^\//, 'must be an absolute path');
/** Files of the host lie where they lie. */
const hostPath = z.string().regex(/^\//, { error: ({ input }) => notOnHosts(String(input)) });

/** A path of whoever wrote it, such as `./nginx.conf`, with what a swarm has in its place. */
const notOnHosts = (path: string): string =>
  `must be an absolute path: \`${path}\` is on your machine, and no host has it. Give a file by \`configs\`, put what changes into a named volume, build the rest into the image`;

const longSchema = z.discriminatedUnion(
  'type',
  [
    z.strictObject({
      type: z.literal('volume'),
      source: nameSchema,
      target: absolute,
      read_only: z.boolean().default(false),
      volume: z.strictObject({ nocopy: z.boolean().default(false) }).optional(),
    }),
    z.strictObject({
      type: z.literal('bind'),
      source: hostPath,
      target: absolute,
      read_only: z.boolean().default(false),
      bind: z
        .strictObject({
          propagation: z.enum(['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave']).optional(),
        })
        .optional(),
    }),
    z.strictObject({
      type: z.literal('tmpfs'),
      target: absolute,
      read_only: z.boolean().default(false),
      tmpfs: z.strictObject(tmpfsOptions).optional(),
    }),
  ],
  { error: ({ code }) => (code === 'invalid_union' ? 'must be `volume` or `bind` or `tmpfs`' : undefined) },
);
export type Mount = z.infer<typeof longSchema>;

const short = /^([^:]+):([^:]+)(?::(ro|rw|nocopy|ro,nocopy))?$/;

function wrongForm(text: string): string {
  const [source = '', , mode = ''] = text.split(':');
  if (/^[.~]/.test(source)) return notOnHosts(source);
  if (/^(?:\w+,)*[zZ]$/.test(mode))
    return '`z` gives files another SELinux label, which no swarm does; label them on the hosts, and leave it out';
  return /^\/[^:]*$/.test(text)
    ? `\`${text}\` alone is a volume without a name, of which each task would have another; write \`name:${text}\` and declare \`name\``
    : 'write `name:/path` or `/host/path:/path`, with `:ro` behind it where it is only read';
}

const shortSchema = z
  .string()
  .regex(short, { error: ({ input }) => wrongForm(String(input)) })
  .transform((text): z.input<typeof longSchema> => {
    const [, source = '', target = '', mode = ''] = short.exec(text) ?? [];
    const read_only = mode.startsWith('ro');
    if (/^[./~]/.test(source)) return { type: 'bind', source, target, read_only };
    return {
      type: 'volume',
      source,
      target,
      read_only,
      ...(mode.includes('nocopy') ? { volume: { nocopy: true } } : {}),
    };
  })
  .pipe(longSchema);

/** `volumes` of a service or container, both forms. */
export const mountsSchema = z.array(z.union([shortSchema, longSchema]));
