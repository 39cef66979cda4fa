import { and, eq, isNull } from 'drizzle-orm';
import type { z } from 'zod';
import { AppError } from '#core/errors.ts';
import { newId } from '#core/ids.ts';
import type { addTargetSchema, rollKeySchema, TargetView } from '#core/webhooks/out/contract.ts';
import { whyNotPublic } from '#core/webhooks/out/public-address.ts';
import { insertInto, update } from '#db/change.ts';
import { someRow } from '#db/guard.ts';
import { webhookTargets } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import { commit, recordOf, timeOf } from '../../commit.ts';
import type { Call, Context } from '../../http/env.ts';
import { liveKeys, targetNamed, type TargetRow, targetViewOf } from '../../views/target.ts';
import { allNamed, nameIsFree } from '../../views/named.ts';
import { newTargetKey } from '../../webhooks-out/keys.ts';

/** Tells somebody of events from now on. @throws AppError `already_exists`, `invalid_input` */
export async function addTarget({ ctx, input }: Call<z.output<typeof addTargetSchema>>): Promise<TargetView> {
  await authorise(ctx, 'webhook.manage');
  const { store, nowMs } = ctx.deps;
  const { name, url, allowPrivate } = input;
  const refusal = allowPrivate ? null : whyNotPublic(new URL(url));
  if (refusal !== null) throw notPublic(refusal);
  const id = newId('out', nowMs());
  const { sequence: seen } = await store.head();
  const keys = [await newTargetKey(ctx.deps, id)];
  const row = { ...input, id, keys, seen, createdAt: timeOf(nowMs()), createdBy: ctx.caller.actor };
  await commit(ctx.deps, {
    expects: [nameIsFree(store.read, webhookTargets, { what: 'target', name })],
    changes: [insertInto(webhookTargets).values(row)],
    events: [recordOf(ctx, { action: 'webhook-target.added', ...about(name), details: input })],
  });
  return targetViewOf(await targetNamed(store.read, name), nowMs());
}

/** By name. */
export async function listTargets({ ctx }: Call<object>): Promise<{ items: TargetView[] }> {
  await authorise(ctx, 'webhook.read');
  const { store, nowMs } = ctx.deps;
  const rows = await allNamed(store.read, webhookTargets);
  return { items: rows.map((row) => targetViewOf(row, nowMs())) };
}

interface Named {
  target: string;
}

/** Both keys sign for a while: two are live at most. @throws AppError `not_found` */
export async function rollTargetKey({ ctx, input }: Call<z.output<typeof rollKeySchema> & Named>): Promise<TargetView> {
  const row = await managed(ctx, input.target);
  const nowMs = ctx.deps.nowMs();
  const fresh = await newTargetKey(ctx.deps, row.id);
  const expiresAt = timeOf(nowMs + input.overlapMinutes * 60_000);
  const old = liveKeys(row, nowMs).at(-1);
  const keys = [...(old === undefined ? [] : [{ ...old, expiresAt }]), fresh];
  await change(ctx, row, {
    set: { keys },
    action: 'webhook-target.key-rolled',
    details: { publicKey: fresh.publicKey },
  });
  return targetViewOf(await targetNamed(ctx.deps.store.read, row.name), nowMs);
}

/** Sends again what waited since it answered 410. @throws AppError `not_found` */
export async function enableTarget({ ctx, input }: Call<Named>): Promise<TargetView> {
  const row = await managed(ctx, input.target);
  await change(ctx, row, { set: { disabledAt: null }, action: 'webhook-target.enabled', details: {} });
  return targetViewOf(await targetNamed(ctx.deps.store.read, row.name), ctx.deps.nowMs());
}

/** What was not sent is not sent any more. @throws AppError `not_found` */
export async function removeTarget({ ctx, input }: Call<Named>): Promise<{ removed: string }> {
  const row = await managed(ctx, input.target);
  const set = { removedAt: timeOf(ctx.deps.nowMs()), keys: [] };
  await change(ctx, row, { set, action: 'webhook-target.removed', details: {} });
  return { removed: row.name };
}

async function managed(ctx: Context, name: string): Promise<TargetRow> {
  await authorise(ctx, 'webhook.manage');
  return await targetNamed(ctx.deps.store.read, name);
}

interface Changed {
  set: Partial<TargetRow>;
  action: string;
  details: Record<string, unknown>;
}

async function change(ctx: Context, { id, name, keys }: TargetRow, { set, action, details }: Changed): Promise<void> {
  const asSeen = and(eq(webhookTargets.id, id), isNull(webhookTargets.removedAt), eq(webhookTargets.keys, keys));
  const isThere = ctx.deps.store.read.select({ id: webhookTargets.id }).from(webhookTargets).where(asSeen);
  await commit(ctx.deps, {
    expects: [someRow('the target is as it was seen', isThere)],
    changes: [update(webhookTargets).set(set).where(eq(webhookTargets.id, id))],
    events: [recordOf(ctx, { action, ...about(name), details })],
  });
}

const about = (name: string) => ({ outcome: 'succeeded', target: { kind: 'webhook-target', id: name } }) as const;

const notPublic = (why: string): AppError =>
  new AppError('invalid_input', `The target ${why}`, {
    done: 'Nothing was changed.',
    next: 'Give the https address of a public name, or allow it to be in your own network: --allow-private.',
    issues: [{ pointer: '/url', message: why }],
  });
