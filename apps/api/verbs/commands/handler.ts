import type { CommandResult } from '#core/command/answer.ts';
import type { Intent } from '#core/command/command.ts';
import type { Context } from '../../http/env.ts';

/** `cluster` finds the cluster that is meant; only commands about one ask for it. */
export type Handler = (ctx: Context, intent: Intent, cluster: () => Promise<string>) => Promise<CommandResult>;
