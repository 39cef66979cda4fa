import type { z } from 'zod';
import type { createTokenSchema, MadeTokenView } from '#core/access/contract.ts';
import { matches } from '#core/access/glob.ts';
import type { Scope } from '#core/access/subject.ts';
import { narrower } from '#core/actor.ts';
import { AppError } from '#core/errors.ts';
import { authorise } from '../../access.ts';
import { personOf, type Call, type Caller } from '../../http/env.ts';
import { personRow } from '../../views/person.ts';
import { makeAndKeep } from './make.ts';

/**
 * A new token, for the caller himself or, by whoever manages tokens, for others. It is never for more than the token
 * that asked for it. @throws AppError `not_found`, `forbidden`, `invalid_input`
 */
export async function createToken({ ctx, input }: Call<z.output<typeof createTokenSchema>>): Promise<MadeTokenView> {
  const { worker, label, days, env } = input;
  const caller = personOf(ctx.caller);
  const isOwn = !worker && (input.person === null || [caller, ctx.caller.actor.name].includes(input.person));
  await authorise(ctx, isOwn ? 'token.own' : 'token.manage');
  if (worker && input.person !== null) throw workerIsNobody();
  const row = worker ? null : await personRow(ctx.deps.store.read, input.person ?? caller ?? '');
  const scope = scopeWanted(ctx.caller, input);
  return await makeAndKeep(
    ctx,
    {
      person: row?.id ?? null,
      role: worker ? 'worker' : scope.role,
      clusters: [...scope.clusters],
      label,
      days,
      env,
      replaces: null,
    },
    { action: 'token.created' },
  );
}

function scopeWanted(
  { subject }: Caller,
  wanted: Pick<z.output<typeof createTokenSchema>, 'role' | 'clusters'>,
): Scope {
  if (subject.kind !== 'person') return { role: 'viewer', clusters: [] };
  const own = subject.scope;
  const role = wanted.role ?? own.role;
  const clusters = wanted.clusters ?? own.clusters;
  const wider = clusters.filter((pattern) => !own.clusters.some((mine) => matches(mine, pattern)));
  if (narrower(role, own.role) !== role || wider.length > 0) throw tooWide(own);
  return { role, clusters };
}

const tooWide = ({ role, clusters }: Scope): AppError =>
  new AppError('forbidden', 'A token cannot make one that is for more than itself', {
    done: 'Nothing was changed.',
    next: `Ask for the role ${role} at most, on ${clusters.join(', ')}; or use a token that is for more.`,
  });

const workerIsNobody = (): AppError =>
  new AppError('invalid_input', "A worker's token belongs to no person", {
    done: 'Nothing was changed.',
    issues: [{ pointer: '/person', message: 'not together with `worker`' }],
  });
