/* As much of an OpenAPI 3.1 document as the page shows. */

export interface Schema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: boolean | Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  default?: unknown;
  description?: string;
}

export type Content = Record<string, { schema?: Schema }>;

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema?: Schema;
  description?: string;
}

export interface Operation {
  tags?: string[];
  summary?: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: { content: Content };
  responses: Record<string, { description: string; content?: Content }>;
}

export interface Document {
  info: { title: string; version: string; description?: string };
  tags?: { name: string; description?: string }[];
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema>; parameters?: Record<string, Parameter> };
}

type Referring = Omit<Document, 'paths'> & {
  paths: Record<
    string,
    Record<string, Omit<Operation, 'parameters'> & { parameters?: (Parameter | { $ref: string })[] }>
  >;
};

/** The document with the parameters of each operation in their place. */
export function documentOf(document: object): Document {
  const { paths, ...rest } = copyOf(document);
  const whole = ({ parameters = [], ...operation }: Referring['paths'][string][string]): Operation => ({
    ...operation,
    parameters: parameters.flatMap((one) =>
      '$ref' in one ? (rest.components?.parameters?.[one.$ref.split('/').at(-1) ?? ''] ?? []) : one,
    ),
  });
  const written = Object.entries(paths).map(([path, methods]) => [
    path,
    Object.fromEntries(Object.entries(methods).map(([method, operation]) => [method, whole(operation)])),
  ]);
  return { ...rest, paths: Object.fromEntries(written) };
}

/** The cast is safe: the generator writes OpenAPI 3.1, of which `Referring` names a part; every member is optional there. */
const copyOf = (document: object): Referring => JSON.parse(JSON.stringify(document)) as Referring;
