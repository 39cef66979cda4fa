import { isMap } from '#core/map.ts';

/** A body of Slack's as one plain object, whichever way it was sent. */
export type Payload = Readonly<Record<string, unknown>>;

/**
 * Takes a body apart by its media type: forms hold a command's fields or one `payload` of JSON; events are JSON.
 * Undefined when it is neither, or broken: nobody of Slack's sends that.
 */
export function parsePayload(bytes: Uint8Array, contentType: string | null): Payload | undefined {
  const mediaType = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase();
  const text = textOf(bytes);
  if (text === undefined) return undefined;
  if (mediaType === 'application/json') return objectOf(text);
  if (mediaType !== 'application/x-www-form-urlencoded') return undefined;
  const form = Object.fromEntries(new URLSearchParams(text));
  return form['payload'] === undefined ? form : objectOf(form['payload']);
}

/** What is not UTF-8 is refused, not repaired: a repaired name would be another name. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return undefined;
  }
}

function objectOf(text: string): Payload | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isMap(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
