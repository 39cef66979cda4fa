import { z } from 'zod';
import { nameSchema } from '../spec/names.ts';
import { pairOf } from '../spec/scalars.ts';

/* Arguments that several verbs take. Lists of `name=value` and ports are text, so that flags and JSON are the same. */

export const name = (what: string) => nameSchema.describe(`Name of the ${what}`);

const pairs = z
  .array(z.string().regex(/^[^=\s]+=/, 'write `name=value`'))
  .transform((lines) => Object.fromEntries(lines.map(pairOf)));

export const labels = pairs.default({}).describe('Label as name=value');
export const labelNames = z.array(z.string()).default([]).describe('Label to take away, by name');
export const environment = pairs.default({}).describe('Environment variable as NAME=value');
export const environmentNames = z.array(z.string()).default([]).describe('Environment variable to take away, by name');
export const publish = z
  .array(z.string())
  .default([])
  .describe('Published port as published:target or published:target/udp');
export const publishMode = z
  .enum(['ingress', 'host'])
  .optional()
  .describe('How the ports are published: on every host (ingress), or where a task runs (host)');
export const networks = z.array(nameSchema).default([]).describe('Network to be on');
export const command = z
  .string()
  .optional()
  .describe("Command to run instead of the image's own, taken apart at spaces, with quotes as in a shell");
export const image = z.string().describe('Image, with tag or digest');

/** Ports as the spec takes them: the short form, or the long one where a mode is asked for. */
export const portsOf = (texts: readonly string[], mode: 'ingress' | 'host' | undefined): z.input<typeof portInput>[] =>
  texts.map((text) => {
    if (mode === undefined) return text;
    const [published = '', rest = ''] = text.split(':');
    const [target = '', protocol] = rest.split('/');
    // What is not a port stays as it was written, and is refused as such.
    return /^\d+:\d+(\/(tcp|udp))?$/.test(text)
      ? { published: Number(published), target: Number(target), protocol: protocol === 'udp' ? 'udp' : 'tcp', mode }
      : text;
  });

const portInput = z.union([
  z.string(),
  z.object({
    published: z.number(),
    target: z.number(),
    protocol: z.enum(['tcp', 'udp']),
    mode: z.enum(['ingress', 'host']),
  }),
]);

/**
 * The object without its absent members, as an optional key of a spec may be absent but not `undefined`.
 * The cast is safe: exactly the members that could be undefined are made optional, and those that are were dropped.
 */
export const present = <T extends Record<string, unknown>>(object: T): Present<T> =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Present<T>;

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };
