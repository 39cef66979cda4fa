import type { Context } from '../../http/env.ts';

/** The context of a worker that says its own id: workers may share a token, and on record is the one that acted. */
export function asWorker(ctx: Context, worker: string): Context {
  const { caller } = ctx;
  if (caller.actor.kind !== 'worker') return ctx;
  return { ...ctx, caller: { ...caller, actor: { ...caller.actor, worker } } };
}
