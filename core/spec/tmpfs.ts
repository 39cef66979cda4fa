import { z } from 'zod';
import { sizeSchema } from './amounts.ts';
import { pairOf } from './scalars.ts';

/** Permissions are octal, and YAML reads numbers as decimal: so they are text. */
const modeSchema = z
  .string()
  .regex(/^(?:0o?)?[0-7]{3,4}$/, "write the mode as text, such as `'1777'`")
  .transform((text) => Number.parseInt(text.replace(/^0o/, ''), 8).toString(8));

export const tmpfsOptions = { size: sizeSchema.optional(), mode: modeSchema.optional() };
const optionsSchema = z.strictObject(tmpfsOptions);
export type TmpfsOptions = z.infer<typeof optionsSchema>;

const form = /^(\/[^:]*)(?::((?:size|mode)=[^,=]+(?:,(?:size|mode)=[^,=]+)*))?$/;

const oneSchema = z
  .string()
  .regex(form, 'write `/path`, or `/path:size=64m,mode=1777`')
  .transform((text, context) => {
    const [, target = '', written = ''] = form.exec(text) ?? [];
    const options = optionsSchema.safeParse(pairsOf(written));
    if (options.success) return textOf(target, options.data);
    for (const { message } of options.error.issues) context.addIssue(message);
    return z.NEVER;
  });

/** `tmpfs` of Compose: one path or several, with options behind it. Kept as a list, each in one way. */
export const tmpfsSchema = z.union([z.array(oneSchema), oneSchema.transform((one) => [one])]);

/** One of them, taken apart. */
export function tmpfsOf(text: string): { target: string; options: TmpfsOptions } {
  const [, target = '', written = ''] = form.exec(text) ?? [];
  return { target, options: optionsSchema.parse(pairsOf(written)) };
}

const pairsOf = (written: string): Record<string, string> =>
  written === '' ? {} : Object.fromEntries(written.split(',').map(pairOf));

function textOf(target: string, { size, mode }: TmpfsOptions): string {
  const options = [...(size === undefined ? [] : [`size=${size}`]), ...(mode === undefined ? [] : [`mode=${mode}`])];
  return options.length === 0 ? target : `${target}:${options.join(',')}`;
}
