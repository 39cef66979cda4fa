import { acting } from './acting.ts';
import { asking } from './asking.ts';
import { following } from './following.ts';
import { guarding } from './guarding.ts';
import type { Handler } from './handler.ts';

/** Every command that is no verb of the spec; a test compares it with the table of commands. */
export const handlers: Readonly<Record<string, Handler>> = { ...asking, ...acting, ...guarding, ...following };
