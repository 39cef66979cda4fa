import type { AuditEvent } from '../audit.ts';
import { type ChainLink, linkOf } from './chain.ts';

/** One line of an NDJSON export. */
export type ExportLine =
  | { kind: 'head'; key: string | null; partial: boolean }
  | { kind: 'checkpoint'; note: string }
  | { kind: 'event'; link: ChainLink };

/** Null for a line that is none of ours. An event with more or fewer fields than it was hashed with is told by its hash. */
export function exportLineOf(line: string): ExportLine | null {
  const value = jsonOf(line);
  if (typeof value !== 'object' || value === null) return null;
  if ('checkpoint' in value && typeof value.checkpoint === 'string')
    return { kind: 'checkpoint', note: value.checkpoint };
  if ('export' in value) {
    const key = 'key' in value && typeof value.key === 'string' ? value.key : null;
    return { kind: 'head', key, partial: 'partial' in value && value.partial === true };
  }
  return isEventLike(value) ? { kind: 'event', link: linkOf(value) } : null;
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** Enough to be followed in a chain; what else it holds is covered by its hash. */
const isEventLike = (value: object): value is AuditEvent =>
  'sequence' in value &&
  typeof value.sequence === 'number' &&
  'hash' in value &&
  typeof value.hash === 'string' &&
  'previousHash' in value &&
  typeof value.previousHash === 'string';
