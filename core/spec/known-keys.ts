import { z } from 'zod';

/** The part of a JSON Schema that says which keys a value may have. */
interface Shape {
  type?: string;
  properties?: Record<string, Shape>;
  additionalProperties?: Shape | boolean;
  items?: Shape;
  anyOf?: Shape[];
  oneOf?: Shape[];
}

/** The keys that a zod schema takes at a path of the input; empty where it takes none or any. */
export const knownKeys = (schema: z.ZodType, path: readonly PropertyKey[]): string[] => [
  ...new Set(shapesAt(shapeOf(schema), path).flatMap(({ properties }) => Object.keys(properties ?? {}))),
];

/** The kinds of values that a zod schema takes at paths of the input, by JSON Schema's names; empty where it does not say. */
export function kindsIn(schema: z.ZodType): (path: readonly PropertyKey[]) => string[] {
  const shape = shapeOf(schema);
  return (path) => shapesAt(shape, path).flatMap(({ type }) => type ?? []);
}

const shapesAt = (shape: Shape, path: readonly PropertyKey[]): Shape[] =>
  path.reduce((found, segment) => found.flatMap((one) => inside(one, String(segment))), [shape]).flatMap(branches);

/** What zod writes as JSON Schema has this shape, as far as it is looked at here. */
const shapeOf = (schema: z.ZodType): Shape => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape;

function inside(shape: Shape, segment: string): Shape[] {
  return branches(shape).flatMap(({ properties, additionalProperties, items }) => {
    if (properties !== undefined && Object.hasOwn(properties, segment)) return properties[segment] ?? [];
    if (items !== undefined && /^\d+$/.test(segment)) return items;
    return typeof additionalProperties === 'object' ? additionalProperties : [];
  });
}

const branches = (shape: Shape): Shape[] => {
  const { anyOf, oneOf } = shape;
  return anyOf === undefined && oneOf === undefined ? [shape] : [...(anyOf ?? []), ...(oneOf ?? [])].flatMap(branches);
};
