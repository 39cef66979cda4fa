/* What a body may be: JSON in UTF-8, and not nested without end. */

/** Nothing that is sent to us nests deeper; what does was made to hurt somebody. */
const depthMax = 64;

export type Payload = { ok: true; value: unknown } | { ok: false; kind: 'media-type' | 'not-json'; why: string };

const refused = (kind: 'media-type' | 'not-json', why: string): Payload => ({ ok: false, kind, why });

/** Parses a body, never throws. */
export function payloadOf(contentType: string | undefined, body: Uint8Array): Payload {
  if (!/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(contentType ?? ''))
    return refused('media-type', 'The body has to be JSON, with `Content-Type: application/json`');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(body);
  } catch {
    return refused('not-json', 'The body is not UTF-8');
  }
  if (isDeeper(text, depthMax)) return refused('not-json', `The body is nested deeper than ${depthMax}`);
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return refused('not-json', 'The body is not JSON');
  }
}

/** Counted outside of strings, before anything is parsed. */
function isDeeper(text: string, max: number): boolean {
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charCodeAt(at);
    if (isInString) {
      if (letter === backslash) at += 1;
      else if (letter === quote) isInString = false;
    } else if (letter === quote) isInString = true;
    else if (letter === openBrace || letter === openBracket) {
      depth += 1;
      if (depth > max) return true;
    } else if (letter === closeBrace || letter === closeBracket) depth -= 1;
  }
  return false;
}

const [quote, backslash, openBrace, closeBrace, openBracket, closeBracket] = [34, 92, 123, 125, 91, 93];
