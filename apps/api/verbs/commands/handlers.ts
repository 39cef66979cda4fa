import type { CommandResult } from '#core/command/answer.ts';
import type { Intent } from '#core/command/command.ts';
import type { Context } from '../../http/env.ts';
import { acting } from './acting.ts';
import { asking } from './asking.ts';
import { following } from './following.ts';
import { guarding } from './guarding.ts';

/** `cluster` finds the cluster that is meant; only commands about one ask for it. */
export type Handler = (ctx: Context, intent: Intent, cluster: () => Promise<string>) => Promise<CommandResult>;

/** Every command that is no verb of the spec; a test compares it with the table of commands. */
export const handlers: Readonly<Record<string, Handler>> = { ...asking, ...acting, ...guarding, ...following };
