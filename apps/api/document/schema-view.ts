import { html, type Html, inline } from '#core/html.ts';
import type { Schema } from './model.ts';

/** Deeper than this a schema is only named by its type; the named ones have their own place on the page. */
const depthMax = 6;

/** A schema as a line and, where it has members, a list below it. */
export function schemaView(schema: Schema, depth = 0): Html {
  return html`${typeLine(schema)}${limits(schema)}${described(schema)}${depth < depthMax ? members(schema, depth) : null}`;
}

const refName = (ref: string): string => ref.slice(ref.lastIndexOf('/') + 1);

function typeLine(schema: Schema): Html {
  if (schema.$ref !== undefined) {
    const name = refName(schema.$ref);
    return html`<a class="type" href="#schema-${name}">${name}</a>`;
  }
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined && choices.every((one) => isShort(one))) {
    return html`${choices.map((one, at) => html`${at === 0 ? '' : ' or '}${typeLine(one)}`)}`;
  }
  return html`<span class="type">${typeName(schema)}</span>`;
}

const isShort = (schema: Schema): boolean =>
  schema.$ref !== undefined ||
  (schema.properties === undefined && schema.items === undefined && schema.anyOf === undefined);

function typeName({ type, anyOf, oneOf, items, additionalProperties, const: constant, enum: values }: Schema): string {
  if (constant !== undefined) return JSON.stringify(constant);
  if (values !== undefined) return values.map((value) => JSON.stringify(value)).join(' | ');
  if (anyOf !== undefined || oneOf !== undefined) return 'one of';
  const name = Array.isArray(type) ? type.join(' | ') : (type ?? 'anything');
  if (items !== undefined) return 'list of';
  return name === 'object' && typeof additionalProperties === 'object' ? 'map of' : name;
}

function limits(schema: Schema): Html | null {
  const facts = [
    schema.format,
    schema.pattern === undefined ? undefined : `matches ${schema.pattern}`,
    schema.minimum === undefined ? undefined : `≥ ${schema.minimum}`,
    schema.maximum === undefined ? undefined : `≤ ${schema.maximum}`,
    schema.minLength === undefined ? undefined : `at least ${schema.minLength} characters`,
    schema.maxLength === undefined ? undefined : `at most ${schema.maxLength} characters`,
    schema.default === undefined ? undefined : `default ${JSON.stringify(schema.default)}`,
  ].filter((fact) => fact !== undefined);
  return facts.length === 0 ? null : html` <span class="limits">${facts.join(', ')}</span>`;
}

const described = ({ description }: Schema): Html | null =>
  description === undefined ? null : html` <span class="about">${inline(description)}</span>`;

function members(schema: Schema, depth: number): Html | null {
  const { properties, items, additionalProperties, anyOf, oneOf, allOf, required = [] } = schema;
  const deeper = (one: Schema): Html => schemaView(one, depth + 1);
  if (properties !== undefined) {
    const lines = Object.entries(properties).map(
      ([name, one]) => html`<li><code>${name}</code>${required.includes(name) ? '' : '?'} ${deeper(one)}</li>`,
    );
    return html`<ul>
      ${lines}
    </ul>`;
  }
  if (items !== undefined)
    return html`<ul>
      <li>${deeper(items)}</li>
    </ul>`;
  if (typeof additionalProperties === 'object')
    return html`<ul>
      <li>${deeper(additionalProperties)}</li>
    </ul>`;
  const choices = anyOf ?? oneOf ?? allOf;
  if (choices === undefined || choices.every((one) => isShort(one))) return null;
  return html`<ul>
    ${choices.map((one) => html`<li>${deeper(one)}</li>`)}
  </ul>`;
}
