import { z } from 'zod';
import type { Verb } from './verb.ts';

/** One argument of a verb, as a flag or a position of a command line shows it. */
export interface Field {
  /** Key in the args object: `ip_range`. */
  name: string;
  /** `--ip-range`. A list is given by repeating it. */
  flag: string;
  /** A file is a map, which a command line takes as the path of a YAML file and a line of text cannot hold. */
  kind: 'text' | 'number' | 'boolean' | 'list' | 'choice' | 'file';
  /** What a choice may be; empty for other kinds. */
  choices: string[];
  required: boolean;
  /** True when the CLI takes it without a flag. */
  positional: boolean;
  /** True when it is taken without a flag, and by it as well. */
  alsoFlag: boolean;
  help: string;
  default: string | number | boolean | null;
}

/** The shape that zod gives the arguments of a verb as JSON Schema, as far as it is looked at. */
const schemaShape = z.object({
  properties: z.record(
    z.string(),
    z.object({
      type: z.string().optional(),
      enum: z.array(z.string()).optional(),
      description: z.string().default(''),
      default: z.unknown().optional(),
    }),
  ),
  required: z.array(z.string()).default([]),
});

type Declared = Pick<Verb, 'args' | 'positional' | 'alsoFlags'>;

/** The arguments of a verb: those without a flag first, in order, then the others as they are declared. */
export function fieldsOf(verb: Declared): Field[] {
  const fields = kept.get(verb) ?? fieldsAnew(verb);
  kept.set(verb, fields);
  return fields;
}

/** Every command line asks for the fields of its command several times, and they never change. */
const kept = new WeakMap<Declared, Field[]>();

function fieldsAnew({ args, positional, alsoFlags = [] }: Declared): Field[] {
  const { properties, required } = schemaShape.parse(z.toJSONSchema(args, { io: 'input', unrepresentable: 'any' }));
  const names = [...positional, ...Object.keys(properties).filter((name) => !positional.includes(name))];
  return names.flatMap((name) => {
    const property = properties[name];
    if (property === undefined) return [];
    return [
      {
        name,
        flag: `--${name.replaceAll('_', '-')}`,
        kind: property.enum === undefined ? (kinds[property.type ?? ''] ?? 'text') : 'choice',
        choices: property.enum ?? [],
        required: required.includes(name),
        positional: positional.includes(name),
        alsoFlag: alsoFlags.includes(name),
        help: property.description,
        default: plain(property.default),
      },
    ];
  });
}

const kinds: Readonly<Record<string, Field['kind']>> = {
  string: 'text',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  array: 'list',
  object: 'file',
};

const plain = (value: unknown): Field['default'] =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
