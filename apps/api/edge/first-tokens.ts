import { AppError } from '#core/errors.ts';
import { addWorkerToken, bootstrapAdmin } from '../bootstrap.ts';
import type { Deps } from '../deps.ts';
import { type MadeToken, parseToken } from '../tokens.ts';
import type { Env } from './env.ts';

/**
 * The first administrator and the first worker come in with tokens that were put into the secrets: there is no terminal
 * at which a made one could be shown. Done once; a token that was revoked later does not come back.
 */
export async function addFirstTokens(deps: Deps, env: Env): Promise<void> {
  const admin = tokenIn(env, 'FLOTILLA_ADMIN_TOKEN');
  if (admin !== null) await bootstrapAdmin(deps, env.FLOTILLA_ADMIN_NAME ?? 'admin', { token: admin });
  const worker = tokenIn(env, 'FLOTILLA_WORKER_TOKEN');
  if (worker !== null) await addWorkerToken(deps, worker);
}

/** @throws AppError `invalid_input` for a text that is no token. */
export function tokenIn(env: Env, name: 'FLOTILLA_ADMIN_TOKEN' | 'FLOTILLA_WORKER_TOKEN'): MadeToken | null {
  const text = env[name];
  if (text === undefined || text === '') return null;
  const id = parseToken(text)?.id;
  if (id !== undefined) return { id, text };
  throw new AppError('invalid_input', `The secret ${name} is no token`, {
    done: 'Nothing is served.',
    next: 'Make one with `npm run edge:token`, and set it with `wrangler secret put`.',
  });
}
