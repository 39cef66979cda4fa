import { and, eq, isNull } from 'drizzle-orm';
import type { z } from 'zod';
import { AppError } from '#core/errors.ts';
import {
  isSigned,
  type MadeSource,
  type rollSecretSchema,
  type setRulesSchema,
  type SourceView,
} from '#core/webhooks/contract.ts';
import { update } from '#db/change.ts';
import { someRow } from '#db/guard.ts';
import { webhookSources } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import { commit, recordOf, timeOf } from '../../commit.ts';
import type { Call, Context } from '../../http/env.ts';
import { liveSecrets, sourceNamed, type SourceRow, sourceViewOf } from '../../views/webhook.ts';
import { newSecret, sealedSecret } from '../../webhooks/secrets.ts';
import { checkRules } from './check-rules.ts';

/** @throws AppError `not_found` */
export async function setRules({
  ctx,
  input: { source, rules },
}: Call<z.output<typeof setRulesSchema> & { source: string }>): Promise<SourceView> {
  const row = await managed(ctx, source);
  await checkRules(ctx.deps.store.read, { kind: row.kind, rules });
  await change(ctx, row, { set: { rules }, action: 'webhook-source.rules-set', details: { rules } });
  return sourceViewOf(await sourceNamed(ctx.deps.store.read, source), ctx.deps.nowMs());
}

/**
 * A new secret, beside the newest old one for a while: two are live at most. @throws AppError `not_found`, `conflict`
 * for a source that does not sign.
 */
export async function rollSecret({
  ctx,
  input,
}: Call<z.output<typeof rollSecretSchema> & { source: string }>): Promise<MadeSource> {
  const row = await managed(ctx, input.source);
  if (!isSigned(row.kind)) throw signsNothing(row.name);
  const nowMs = ctx.deps.nowMs();
  const made = input.secret === null ? newSecret() : null;
  const fresh = await sealedSecret(ctx.deps, row.id, input.secret ?? made ?? '');
  const expiresAt = timeOf(nowMs + input.overlapMinutes * 60_000);
  const old = liveSecrets(row, nowMs).at(-1);
  const secrets = [...(old === undefined ? [] : [{ ...old, expiresAt }]), fresh];
  const details = { secret: fresh.id, replaces: old?.id ?? null, oldUntil: expiresAt };
  await change(ctx, row, { set: { secrets }, action: 'webhook-source.secret-rolled', details });
  return { source: sourceViewOf(await sourceNamed(ctx.deps.store.read, row.name), nowMs), secret: made };
}

/** Its deliveries stay on record. @throws AppError `not_found` */
export async function removeSource({ ctx, input }: Call<{ source: string }>): Promise<{ removed: string }> {
  const row = await managed(ctx, input.source);
  const set = { removedAt: timeOf(ctx.deps.nowMs()), secrets: [] };
  await change(ctx, row, { set, action: 'webhook-source.removed', details: {} });
  return { removed: row.name };
}

async function managed(ctx: Context, name: string): Promise<SourceRow> {
  await authorise(ctx, 'webhook.manage');
  return await sourceNamed(ctx.deps.store.read, name);
}

interface Changed {
  set: Partial<SourceRow>;
  action: string;
  details: Record<string, unknown>;
}

/** Compared and set: of two changes at once one is refused. */
async function change(ctx: Context, row: SourceRow, { set, action, details }: Changed): Promise<void> {
  const asSeen = and(
    eq(webhookSources.id, row.id),
    isNull(webhookSources.removedAt),
    eq(webhookSources.rules, row.rules),
    eq(webhookSources.secrets, row.secrets),
  );
  const isThere = ctx.deps.store.read.select({ id: webhookSources.id }).from(webhookSources).where(asSeen);
  await commit(ctx.deps, {
    expects: [someRow('the source is as it was seen', isThere)],
    changes: [update(webhookSources).set(set).where(eq(webhookSources.id, row.id))],
    events: [
      recordOf(ctx, { action, outcome: 'succeeded', target: { kind: 'webhook-source', id: row.name }, details }),
    ],
  });
}

const signsNothing = (name: string): AppError =>
  new AppError('conflict', `${name} does not sign, and has no secret`, { done: 'Nothing was changed.' });
