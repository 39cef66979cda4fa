import { mayOnSome } from '#core/access/decide.ts';
import type { Command } from '#core/command/command.ts';
import type { Context } from '../../http/env.ts';

/** Only what somebody may use is suggested to him. The verb itself decides, with the cluster in hand. */
export const mayUse = ({ caller }: Context, { needs }: Command): boolean =>
  mayOnSome(caller.subject, needs, caller.policy);
