import type { z } from 'zod';
import { AppError } from '#core/errors.ts';
import { newId } from '#core/ids.ts';
import { type addSourceSchema, isSigned, type MadeSource } from '#core/webhooks/contract.ts';
import { insertInto } from '#db/change.ts';
import { webhookSources } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import { commit, recordOf, timeOf } from '../../commit.ts';
import type { Call } from '../../http/env.ts';
import { sourceNamed, sourceViewOf } from '../../views/webhook.ts';
import { newSecret, sealedSecret } from '../../webhooks/secrets.ts';
import { nameIsFree } from '../../views/named.ts';
import { checkRules } from './check-rules.ts';

/** Lets somebody send webhooks. A secret that is made here is told this once. @throws AppError `already_exists` */
export async function addSource({ ctx, input }: Call<z.output<typeof addSourceSchema>>): Promise<MadeSource> {
  await authorise(ctx, 'webhook.manage');
  const { name, kind, rules } = input;
  const { deps } = ctx;
  await checkRules(deps.store.read, input);
  if (!isSigned(kind) && input.secret !== null) throw unsignedHasNone();
  const id = newId('whk', deps.nowMs());
  const made = input.secret === null && isSigned(kind) ? newSecret() : null;
  const secret = input.secret ?? made;
  const row = {
    id,
    name,
    kind,
    rules,
    secrets: secret === null ? [] : [await sealedSecret(deps, id, secret)],
    createdAt: timeOf(deps.nowMs()),
    createdBy: ctx.caller.actor,
  };
  await commit(deps, {
    expects: [nameIsFree(deps.store.read, webhookSources, { what: 'source', name })],
    changes: [insertInto(webhookSources).values(row)],
    events: [
      recordOf(ctx, {
        action: 'webhook-source.added',
        outcome: 'succeeded',
        target: { kind: 'webhook-source', id: name },
        details: { kind, rules },
      }),
    ],
  });
  return { source: sourceViewOf(await sourceNamed(deps.store.read, name), deps.nowMs()), secret: made };
}

const unsignedHasNone = (): AppError =>
  new AppError('invalid_input', 'Docker Hub signs nothing, so that a secret would be used for nothing', {
    done: 'Nothing was changed.',
    issues: [{ pointer: '/secret', message: 'leave it out' }],
  });
