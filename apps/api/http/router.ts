import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnv } from './env.ts';
import { refuseInvalid } from './valid.ts';

/** A router whose validators refuse with problems, as every router of the app. */
export const router = () => new OpenAPIHono<AppEnv>({ defaultHook: (result) => refuseInvalid(result) });

/** A router as far as it is mounted and served; its routes are not in the type. */
export type Router = ReturnType<typeof router>;
