import type { AuditEvent } from '../audit.ts';

const columns: readonly [title: string, cell: (event: AuditEvent) => string | null][] = [
  ['sequence', ({ sequence }) => String(sequence)],
  ['at', ({ at }) => at],
  ['actor', ({ actor }) => actor.name],
  ['actor_kind', ({ actor }) => actor.kind],
  ['via', ({ actor }) => (actor.kind === 'person' ? actor.via : null)],
  ['source', ({ source }) => source],
  ['action', ({ action }) => action],
  ['outcome', ({ outcome }) => outcome],
  ['cluster', ({ cluster }) => cluster],
  ['target', ({ target }) => (target === null ? null : `${target.kind}:${target.id}`)],
  ['operation', ({ operation }) => operation],
  ['reason', ({ reason }) => reason],
  ['details', ({ details }) => JSON.stringify(details)],
  ['hash', ({ hash }) => hash],
];

export const csvHead = `${columns.map(([title]) => title).join(',')}\r\n`;

/** One event as a row of RFC 4180. */
export const csvRow = (event: AuditEvent): string =>
  `${columns.map(([, cell]) => csvCell(cell(event) ?? '')).join(',')}\r\n`;

/** A cell that a spreadsheet would take for a formula gets an apostrophe in front, which it shows as text. */
export function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
