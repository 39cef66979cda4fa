import { OpenAPIHono } from '@hono/zod-openapi';
import type { Router as HonoRouter } from 'hono/router';
import type { H, RouterRoute } from 'hono/types';
import type { AppEnv } from './env.ts';
import { refuseInvalid } from './valid.ts';

/** How the route of a request is found; by default as is fastest for whoever answers many. */
export type Matcher = HonoRouter<[H, RouterRoute]>;

/** A router whose validators refuse with problems, as every router of the app. */
export const router = (matcher?: Matcher) =>
  new OpenAPIHono<AppEnv>({
    defaultHook: (result) => refuseInvalid(result),
    ...(matcher === undefined ? {} : { router: matcher }),
  });

/** A router as far as it is mounted and served; its routes are not in the type. */
export type Router = ReturnType<typeof router>;
