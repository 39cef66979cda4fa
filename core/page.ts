import { z } from 'zod';

/* What lists by time or number are asked with: a page, and the one after it. */

export const limitSchema = z.coerce.number().int().min(1).max(200).default(50);
export const cursorSchema = z.string().max(100).optional();

/** Query of a list: `cursor` is the `next` of the page before. */
export const pageQuerySchema = z.object({ cursor: cursorSchema, limit: limitSchema });
