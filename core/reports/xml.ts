/** Attributes of an element; one that is undefined is left out. */
type Attributes = Record<string, string | number | undefined>;

/** What XML 1.0 cannot hold, even escaped: most control characters, halves of pairs, and two non-characters. */
const forbidden = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;
const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // As themselves they would come back as spaces out of an attribute.
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

const escaped = (text: string, marked: RegExp): string =>
  text.replaceAll(forbidden, '\uFFFD').replaceAll(marked, (one) => escapes[one] ?? one);

/** Text between tags. */
export const xmlText = (text: string): string => escaped(text, /[&<>\r]/g);

/** An element around XML that was made before; without any it is empty. */
export function element(name: string, attributes: Attributes, inside: readonly string[] = []): string {
  const given = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escaped(String(value), /[&<>"\t\n\r]/g)}"`)
    .join('');
  return inside.length === 0 ? `<${name}${given}/>` : `<${name}${given}>${inside.join('')}</${name}>`;
}
