import { z } from 'zod';
import { AppError } from '#core/errors.ts';
import { cursorSchema } from '#core/page.ts';
import { parsed } from './valid.ts';

/** Cursors are numbers of rows, so a page stays what it is while new rows come in. @throws AppError `invalid_input` */
export function numberOfCursor(cursor: string | undefined): number | null {
  if (cursor === undefined) return null;
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw new AppError('invalid_input', 'The cursor is not one of ours', {
    next: 'Send the `next` of the page before, as it is.',
    issues: [{ pointer: '/query/cursor', message: 'take it from `next` of the page before' }],
  });
}

/** Most names in a page, and as many as come without a word. */
export const namedPageMax = 1000;

/**
 * Query of a list by name. It holds as many as people have, so that a client may leave the query out altogether: `paged`
 * puts it into the document, and `namedPage` reads it.
 */
const namedPageSchema = z.object({
  cursor: cursorSchema,
  limit: z.coerce.number().int().min(1).max(namedPageMax).default(namedPageMax),
});
export type NamedPage = z.output<typeof namedPageSchema>;

export function paged<R extends object>(made: R): R {
  return Object.assign(made, { request: { query: namedPageSchema } });
}

/** @throws AppError `invalid_input` */
export const namedPage = (query: Record<string, string>): NamedPage => parsed(namedPageSchema, query, 'query');

/** Cursor of lists by name: the last name of the page before. */
export const pageByName = <Item extends { name: string }>(
  rows: readonly Item[],
  limit: number,
): { items: Item[]; next: string | null } => {
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? (items.at(-1)?.name ?? null) : null };
};

/** A page of what was read with one row more than asked for. */
export function pageOfRows<Row, Item>(
  rows: readonly Row[],
  limit: number,
  cursorOf: (row: Row) => number,
  itemOf: (row: Row) => Item,
): { items: Item[]; next: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = rows.length > limit && last !== undefined ? String(cursorOf(last)) : null;
  return { items: shown.map((row) => itemOf(row)), next };
}
