import type { Context as HonoContext } from 'hono';
import { routePath } from 'hono/route';
import type { AppEnv } from './env.ts';

/** Paths that are a key themselves. */
const opensDoors = /^\/(?:reports|hooks)\//;

/** The path of a request as the log may tell it: of one that opens a door by itself, its form alone. */
export const shownPath = (c: HonoContext<AppEnv>): string =>
  opensDoors.test(c.req.path) ? routePath(c, -1) : c.req.path;
