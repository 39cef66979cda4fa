import type { SourceView } from '#core/webhooks/contract.ts';
import { webhookSources } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';
import { allNamed } from '../../views/named.ts';
import { sourceNamed, sourceViewOf } from '../../views/webhook.ts';

/** By name, without secrets. */
export async function listSources({ ctx }: Call<object>): Promise<{ items: SourceView[] }> {
  await authorise(ctx, 'webhook.read');
  const { store, nowMs } = ctx.deps;
  const rows = await allNamed(store.read, webhookSources);
  return { items: rows.map((row) => sourceViewOf(row, nowMs())) };
}

/** @throws AppError `not_found` */
export async function showSource({ ctx, input }: Call<{ source: string }>): Promise<SourceView> {
  await authorise(ctx, 'webhook.read');
  return sourceViewOf(await sourceNamed(ctx.deps.store.read, input.source), ctx.deps.nowMs());
}
