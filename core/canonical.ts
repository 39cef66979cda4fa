/**
 * RFC 8785 (JCS): the one JSON text of a value, so that equal values have equal digests.
 * Like JSON.stringify it calls `toJSON`, drops undefined members and writes undefined items as null.
 * @throws TypeError for what JSON has no form for: NaN, infinities, bigint, functions, symbols, lone surrogates.
 */
export function canonical(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return textOf(value);
    case 'number':
      return numberOf(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      return isStructure(value) ? structureOf(value) : 'null';
    default:
      throw new TypeError(`No JSON form for a value of type ${typeof value}.`);
  }
}

/** Whether two plain JSON values have the same canonical text, without making it. Undefined members are as absent. */
export function isSameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (!isStructure(one) || !isStructure(other) || Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = keysOf(one);
  if (keys.length !== keysOf(other).length) return false;
  return keys.every((key) => Object.hasOwn(other, key) && isSameJson(one[key], other[key]));
}

type Structure = Record<string, unknown>;
const isStructure = (value: unknown): value is Structure => typeof value === 'object' && value !== null;
const keysOf = (value: Structure): string[] => Object.keys(value).filter((key) => value[key] !== undefined);

function structureOf(value: Structure): string {
  if (typeof value['toJSON'] === 'function') return canonical(value['toJSON'](''));
  if (Array.isArray(value)) {
    return `[${Array.from(value, (item) => (item === undefined ? 'null' : canonical(item))).join(',')}]`;
  }
  let members = '';
  // RFC 8785 §3.2.3: keys in the order of their UTF-16 code units, which is how JavaScript sorts strings.
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member !== undefined) members += `${members === '' ? '' : ','}${textOf(key)}:${canonical(member)}`;
  }
  return `{${members}}`;
}

/** RFC 8785 §3.2.2.3: numbers as ECMAScript writes them; minus zero is 0. */
function numberOf(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`No JSON form for ${value}.`);
  return String(value);
}

/** RFC 8785 §3.2.2.2: JSON.stringify escapes exactly as asked, but for lone surrogates, which must be refused. */
function textOf(value: string): string {
  if (!value.isWellFormed()) throw new TypeError('No canonical JSON for text with a lone surrogate.');
  return JSON.stringify(value);
}
