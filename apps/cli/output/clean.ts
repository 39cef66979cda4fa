/** Control characters and the marks that turn the reading direction: they could rewrite what a terminal shows. */
const dangerous = /(?![\t\n])\p{Cc}|[\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

/** Text from elsewhere, safe to print: a dangerous character is shown as its number. Tabs and line breaks stay. */
export const cleanText = (text: string): string =>
  text.replace(/\r\n/g, '\n').replace(dangerous, (found) => `\\x${found.charCodeAt(0).toString(16).padStart(2, '0')}`);

/** The same for JSON, where such a character is written as JSON has it: the value stays what it was. */
export const jsonText = (json: string): string =>
  json.replace(dangerous, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The same for every text in a JSON value, keys included. The shape stays, so the type does too. */
export function clean<T>(value: T): T {
  return cleanJson(value) as T; // cleanJson maps texts to texts and keeps everything else as it is
}

function cleanJson(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(cleanJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [cleanText(key), cleanJson(inner)]));
}
