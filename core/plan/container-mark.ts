import { hexOf } from '../audit/base64.ts';
import { canonical } from '../canonical.ts';
import { ownLabelPrefix } from '../spec/names.ts';
import type { ContainerSpec } from '../spec/service.ts';

/** Carries what a container was asked to be, field by field, so that a later difference is seen and named. */
export const specLabel = `${ownLabelPrefix}spec`;

/**
 * `{"image":"3f0a9c…","ports":"…"}`: for each field of the spec the first 64 bits of the SHA-256 of its canonical JSON.
 * Hashes, because environment values must not be readable in a label. A chance collision (1 in 2^64) hides one change.
 */
export async function containerMark(container: ContainerSpec): Promise<string> {
  const { host: _host, ...spec } = container;
  const fields = Object.entries(spec).filter(([, value]) => value !== undefined);
  const hashed = await Promise.all(fields.map(async ([name, value]) => [name, await shortHash(value)] as const));
  return canonical(Object.fromEntries(hashed));
}

async function shortHash(value: unknown): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(canonical(value)));
  return hexOf(new Uint8Array(bytes, 0, 8));
}

/** Names of the fields in which two marks differ; all fields when the old one cannot be read. */
export function markDifferences(now: string, wanted: string): string[] {
  const [had, wants] = [readMark(now), readMark(wanted)];
  return [...new Set([...Object.keys(had), ...Object.keys(wants)])].filter((name) => had[name] !== wants[name]).sort();
}

function readMark(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
